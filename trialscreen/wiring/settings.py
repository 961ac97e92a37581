"""Django's settings, only from the environment; the table is in ``docs/development.md``.

Importing this module starts nothing, connects to nothing and never fails: what a server must not
run without is collected in ``PROBLEMS`` (see :mod:`trialscreen.wiring.environment`).
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from trialscreen.institution.sign_in.caching import cache_on
from trialscreen.institution.trail.destination import faults_of
from trialscreen.wiring.accounts import *  # noqa: F403 - what allauth is told, whatever the environment
from trialscreen.wiring.accounts import hospital
from trialscreen.wiring.description import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from trialscreen.wiring.environment import Environment
from trialscreen.wiring.logs import logging_configuration

BASE_DIR = Path(__file__).resolve().parents[2]
env = Environment(os.environ)
PROBLEMS = env.problems

# -- Who may ask, and how ---------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY")
# Earlier keys, so that what they encrypted and signed is still read while they are replaced.
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
DEBUG = env.switch("DEBUG", default=False)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
# Off only for `make run`, on this machine's own loopback address.
HTTPS = env.switch("HTTPS", default=True)

# -- Where the data is ------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL")
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
# Who owns the tables, for `migrate` alone; without it the user of DATABASE_URL serves for both.
OWNER_DATABASE = env.database("OWNER_DATABASE_URL") if env.text("OWNER_DATABASE_URL") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BROKER_URL = env.broker("BROKER_URL")
# What is counted to limit guessing; the broker's server unless another is named.
CACHES = {"default": cache_on(env.text("CACHE_URL") or BROKER_URL)}

# -- What it is made of -----------------------------------------------------------------------
INSTALLED_APPS = [
    "trialscreen.wiring.apps.PageFilesConfig",
    "csp",
    "template_partials",
    "django_htmx",
    "django_structlog",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the set-up pages: `trialscreen.wiring.setup`
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "trialscreen.wiring",
    "trialscreen.institution",
    "patients",
    "eligibility",
]
MIDDLEWARE = [
    "trialscreen.wiring.middleware.RequestLog",
    "trialscreen.wiring.metrics.measured",
    "trialscreen.institution.trail.acting.from_request",
    "trialscreen.wiring.middleware.demonstration_on_this_machine_alone",
    "django.middleware.security.SecurityMiddleware",
    "trialscreen.wiring.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trialscreen.wiring.middleware.never_kept",
    "trialscreen.wiring.middleware.body_size_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trialscreen.institution.sessions.session_limits",
    "trialscreen.institution.sign_in.required.first_things_first",
    "trialscreen.wiring.throttling.Throttled",
    "trialscreen.wiring.watched.watched",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "trialscreen.wiring.urls"
WSGI_APPLICATION = "trialscreen.wiring.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        # template_partials puts its loader (and the cache) around these.
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "trialscreen.institution.context.person",
            ]
        },
    }
]

# -- Who is who -------------------------------------------------------------------------------
AUTH_USER_MODEL = "institution.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "trialscreen.institution.sign_in.passwords.LongEnough"},
    {
        "NAME": "trialscreen.institution.sign_in.passwords.NoNamesAroundUs",
        "OPTIONS": {"names": ["trialscreen"], "patterns": [r"nct[\s_-]?\d{4,8}"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", default=15, least=1)
SESSION_MAX_HOURS = env.number("SESSION_MAX_HOURS", default=12, least=1)
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Invented patients alone, known accounts: set by `make run`, which listens on loopback only.
DEMONSTRATION = env.switch("DEMONSTRATION", default=False)
if DEMONSTRATION:
    env.demand_loopback("ALLOWED_HOSTS", ALLOWED_HOSTS)
# Everywhere but there a person shows a second factor; no variable of the environment turns this off.
SECOND_FACTOR_REQUIRED = not DEMONSTRATION

ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# The hospital's identity provider, if there is one: docs/decisions/sign-in.md.
HOSPITAL = hospital(env)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": HOSPITAL.apps, "OAUTH_PKCE_ENABLED": True}}
# Proxies of ours before the application, each of which adds the address it was asked from.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", default=0)

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    # Client credentials and nothing else: a person is never asked to let a client act for them.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "SCOPES_BACKEND_CLASS": "trialscreen.institution.oauth.GrantedScopes",
    "OAUTH2_VALIDATOR_CLASS": "trialscreen.institution.client_secrets.Secrets",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,
    # What RFC 9700 asks for, tokens kept as SHA-256 sums among it.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

# -- Letters ----------------------------------------------------------------------------------
# Without a server for them nobody is written to, and administrators hand out links by other ways.
EMAIL_HOST_CONFIGURED = bool(env.text("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "trialscreen@localhost")
vars().update(env.email("EMAIL_URL"))

# -- Languages, days and times ----------------------------------------------------------------
LANGUAGE_CODE = "en-ca"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "America/Toronto")
FORMAT_MODULE_PATH = ["trialscreen.wiring.formats"]

# -- Files of the pages -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / ".run" / "static")))
STATICFILES_DIRS = [BASE_DIR / "trialscreen" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.switch("COMPRESS_STATIC", default=True)
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "webp", "gz", "br", "woff2")

# -- Security ---------------------------------------------------------------------------------
# No host but our own is ever contacted by a page, and nothing inline runs or styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        # Chromium asks this of where a form's answer leads to, too.
        "form-action": [SELF, *HOSPITAL.origins],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "trialscreen.wiring.refusals.forged"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Both would speak for the whole of the institution's domain, which is not ours to do.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# The set-up pages change nothing, so they tell nothing on the next page: no messages, and no templates that show them.
SILENCED_SYSTEM_CHECKS += ["admin.E402", "admin.E404", "admin.E406", "admin.E409"]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
# A request body of more than this is answered with 413; one patient's record is far smaller.
BODY_SIZE_LIMIT = env.number("BODY_SIZE_LIMIT", default=10 * 1024 * 1024, least=1024)
# Files of many patients may be larger: as a form, which is held while it arrives, and as the body of a request.
IMPORT_FORM_LIMIT = env.number("IMPORT_FORM_LIMIT", default=64 * 1024 * 1024, least=1024)
IMPORT_SIZE_LIMIT = env.number("IMPORT_SIZE_LIMIT", default=1024 * 1024 * 1024, least=1024)
# Django's own limit counts a form's text fields alone; the middleware has already judged the whole.
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_SIZE_LIMIT
FILE_UPLOAD_MAX_MEMORY_SIZE = max(
    BODY_SIZE_LIMIT, IMPORT_FORM_LIMIT
)  # a record is never written to a temporary file
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# The listener for HL7 v2 messages (docs/hl7v2.md): PEM files.
MLLP_TLS_CERTIFICATE = env.text("MLLP_TLS_CERTIFICATE")
MLLP_TLS_KEY = env.text("MLLP_TLS_KEY")
MLLP_TLS_CLIENTS = env.text("MLLP_TLS_CLIENTS")

# How many requests in a minute are answered; who is counted how: docs/decisions/throttling.md.
THROTTLES = env.limits(wider=10 if DEMONSTRATION else 1)
# Who may ask for /metrics: who shows the token, or comes from one of these networks without a proxy between.
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_FROM = env.networks("METRICS_FROM")

# Whose pages may read cards of CDS Hooks in a browser: https://…, each written out. Never any origin.
CDS_ORIGINS = [one for one in env.names("CDS_ORIGINS") if one != "*"]
if "*" in env.names("CDS_ORIGINS"):
    PROBLEMS.append("CDS_ORIGINS names each origin, https://host; * is not taken")

# -- The programming interface ----------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "trialscreen.institution.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Closed unless a view says otherwise.
    "DEFAULT_PERMISSION_CLASSES": ["trialscreen.institution.permissions.MayHere"],
    "DEFAULT_THROTTLE_CLASSES": ["trialscreen.wiring.limits.ClientThrottle"],
    "EXCEPTION_HANDLER": "trialscreen.wiring.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# -- Work in the background -------------------------------------------------------------------
# `trialscreen.wiring.celery` reads these; everything of weight about them is said there.
WORKER_PROCESSES = env.number("WORKER_PROCESSES", default=2, least=1)

# -- Telling others ---------------------------------------------------------------------------
# Private networks in which the receivers of webhooks may stand; without them only public addresses are told.
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")
# This machine itself, also without TLS: never where patients are.
WEBHOOK_LOOPBACK = DEMONSTRATION or DEBUG

# -- The trail --------------------------------------------------------------------------------
# Where the ends of its chains are copied to, besides the log: a file on a disk of another machine.
TRAIL_HEADS_FILE = Path(env.text("TRAIL_HEADS_FILE")) if env.text("TRAIL_HEADS_FILE") else None
# Where its entries are told as they are sealed: syslog+tcp://, syslog+tls:// or syslog+udp://host:port, or https://
SIEM_URL = env.text("SIEM_URL")
PROBLEMS += [f"SIEM_URL {fault}" for fault in faults_of(SIEM_URL)]

# -- Logs -------------------------------------------------------------------------------------
LOG_FORMAT = env.text("LOG_FORMAT", "json")
LOGGING = logging_configuration(level=env.text("LOG_LEVEL", "INFO").upper(), form=LOG_FORMAT)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = 20
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False
