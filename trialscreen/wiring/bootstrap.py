"""Make the virtual environment: ``python3 trialscreen/wiring/bootstrap.py [run|tests]``.

Run by the Makefile as a plain file, with whatever Python the machine has, before anything is
installed. So: standard library only, and syntax that an old Python can still read, to be able to
say in one clear sentence what is missing.

``run`` installs what the application needs, ``tests`` the tools for ``make test`` as well.
Nothing is compiled and nothing unverified is installed: every file is pinned by its hash.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PARTS = {
    "run": ["requirements.txt"],
    "tests": ["requirements.txt", os.path.join("tests", "requirements.txt")],
}


def stop(sentence):
    sys.stderr.write("\ntrialscreen: %s\n\n" % sentence)
    sys.exit(2)


def say(sentence):
    sys.stdout.write("==> %s\n" % sentence)
    sys.stdout.flush()


def check_python():
    if sys.version_info < OLDEST:
        stop(
            "Python 3.11 or newer is needed; %s is Python %d.%d. Install a newer one, or name it: "
            "make run PYTHON=/path/to/python3"
            % (sys.executable, sys.version_info[0], sys.version_info[1])
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            "this Python (%s) cannot make virtual environments, because its 'venv' and 'ensurepip' "
            "parts are not installed. On Debian and Ubuntu: apt-get install python3-venv"
            % sys.executable
        )


def fingerprint(files):
    """What the environment was made from."""
    total = hashlib.sha256()
    for name in files:
        with open(os.path.join(ROOT, name), "rb") as source:
            total.update(source.read())
    return total.hexdigest()


def installed(part):
    try:
        with open(os.path.join(VENV, ".installed-" + part)) as stamp:
            return stamp.read()
    except OSError:
        return None


def works(needed="pip"):
    """An environment does not outlive the Python it was made with; any new enough one will do."""
    test = "import sys, %s; sys.exit(sys.version_info < %r)" % (needed, OLDEST)
    try:
        return subprocess.call([PYTHON, "-c", test], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_environment():
    check_python()
    if os.path.lexists(VENV):
        say("The virtual environment .venv no longer works; making it anew")
        if os.stat(VENV).st_uid != os.geteuid():
            stop(
                "the folder .venv belongs to another user, and you cannot use it. Remove it first."
            )
        shutil.rmtree(VENV)
    else:
        say("Making the virtual environment .venv (Python %d.%d)" % sys.version_info[:2])
    if subprocess.call([sys.executable, "-m", "venv", VENV]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop("the virtual environment could not be made; the lines above say why.")


def install(part, wanted):
    say("Installing pinned requirements (%s)" % ", ".join(PARTS[part]))
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--only-binary", ":all:"]
    for name in PARTS[part]:
        command += ["--requirement", os.path.join(ROOT, name)]
    if subprocess.call(command) != 0:
        stop("installing failed; the lines above say why. Nothing was started.")
    for each in ("run", "tests"):
        if each == "run" or part == "tests":
            with open(os.path.join(VENV, ".installed-" + each), "w") as stamp:
                stamp.write(fingerprint(PARTS[each]))


def main(part):
    if sys.version_info < OLDEST:
        check_python()
    wanted = fingerprint(PARTS[part])
    if installed(part) == wanted and works("sys"):
        return
    import fcntl

    # Two commands at once must not install into one environment. The lock is on a file that is
    # always there, so that nothing is left behind.
    with open(os.path.join(ROOT, "requirements.txt")) as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not works():
            make_environment()
        if installed(part) != wanted:
            install(part, wanted)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
