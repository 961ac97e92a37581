"""Settings, only from the environment. The full version follows."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
SECRET_KEY = ""
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "template_partials",
    "django_htmx",
    "rest_framework",
    "trialscreen.wiring",
    "trialscreen.institution",
    "patients",
    "eligibility",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "trialscreen" / "static"]
ROOT_URLCONF = "trialscreen.wiring.urls"
USE_TZ = True
