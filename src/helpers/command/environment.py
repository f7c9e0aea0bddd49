"""The environment that everything runs in: made once from the locks, with nothing but the standard library."""

import contextlib
import errno
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

LOCKS = ("requirements.lock",)
DEVELOPMENT_LOCKS = ("requirements.lock", "requirements-dev.lock")
COMPLETE = "complete.json"  # written last: a folder without it is half made
LOG = "install.log"
ELSEWHERE = "EVALUATION_VENV_DIR"

ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!+_-]+)(?: ; [^\\]+?)?((?: --hash=sha256:[0-9a-f]{64})+)")

# What pip and venv write, and what it means; the first that matches is said.
FAULTS = (
    (
        r"No space left on device|\[Errno 28\]|WinError 112|not enough space on the disk|Disk quota exceeded",
        "The disk is full: make a gigabyte of room in {where}, or set " + ELSEWHERE + " to a folder on another disk.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "{package} on offer is not what {locks} was made for, and nothing was installed: `git checkout -- {locks}` restores it.",
    ),
    (
        r"must have their versions pinned|Hashes are required|Invalid requirement|ResolutionImpossible|conflicting dependencies",
        "{locks} is broken or cut short: `git checkout -- {locks}` restores it.",
    ),
    (
        r"Windows Long Path",
        "Windows allows no path longer than 260 characters here: set "
        + ELSEWHERE
        + " to a short folder, such as C:\\evaluation.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "The network is there, but its certificate is not trusted: set PIP_CERT to your organisation's certificate file.",
    ),
    (
        r"NewConnectionError|Failed to establish a new connection|Temporary failure in name resolution|getaddrinfo failed"
        r"|Max retries exceeded|SSLError|ConnectTimeout|ReadTimeout|ProxyError|ProtocolError|Network is unreachable",
        "No network: the packages could not be downloaded; connect, or set PIP_NO_INDEX=1 and PIP_FIND_LINKS=a folder of wheels.",
    ),
    (
        r"\(from versions: none\)",
        "No network, or no such package: no wheel of {package} was found; PIP_FIND_LINKS may name a folder of all of {locks}.",
    ),
    (
        r"No matching distribution found",
        "{package}, which {locks} asks for, is not on offer for this computer and Python {python}.",
    ),
)
PACKAGE = re.compile(r"(?:distribution found for|^\s+)\s*([A-Za-z0-9._-]+(?:==[^\s;]+)?)(?= from |$| \()", re.MULTILINE)


class Refused(Exception):
    """What was asked cannot be done, in one sentence; the exit status is 2."""


def pinned(lock):
    """The versions that `lock` (a path) allows of each package: name -> set of versions; raises Refused where it is broken."""
    try:
        text = lock.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{lock.name} cannot be read: restore it with `git checkout -- {lock.name}`.") from error
    versions, entry = {}, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entry += " " + line.strip()
        if entry.endswith("\\"):
            entry = entry[:-1].rstrip()
            continue
        found = ENTRY.fullmatch(entry.strip())
        if not found:
            raise Refused(f"{lock.name} is broken at line {number}: restore it with `git checkout -- {lock.name}`.")
        versions.setdefault(canonical(found[1]), set()).add(found[2])
        entry = ""
    missing = [name for name in asked_for(lock.with_suffix(".in")) if name not in versions]
    if entry or missing:
        raise Refused(f"{lock.name} is cut short: restore it with `git checkout -- {lock.name}`.")
    return versions


def asked_for(requirements):
    """Names of the packages in a requirements.in."""
    lines = (line.split("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return [canonical(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in lines if line and not line.startswith("-")]


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def satisfied(root, locks):
    """Whether this very Python has every package that was asked for, at a version that the locks name."""
    for lock in locks:
        versions = pinned(root / lock)
        for name in asked_for((root / lock).with_suffix(".in")):
            try:
                if importlib.metadata.version(name) not in versions[name]:
                    return False
            except importlib.metadata.PackageNotFoundError:
                return False
    return True


def environments(root):
    """Folder in which the environments of this copy of the project stand."""
    elsewhere = os.environ.get(ELSEWHERE)
    if not elsewhere:
        return root / ".venv"
    # Two copies of the project may share the folder, and each environment sees one copy's `src`.
    return Path(elsewhere).expanduser().absolute() / f"{root.name}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"


def folder(root, locks):
    """Folder of the environment for these locks and this Python."""
    digest = hashlib.sha256(f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}".encode())
    for lock in locks:
        digest.update((root / lock).read_bytes())
    return environments(root) / digest.hexdigest()[:16]


def python_of(environment):
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_complete(environment):
    # The second half notices that the Python it was made from has gone.
    return (environment / COMPLETE).is_file() and python_of(environment).exists()


def find_or_make(root, *, development=False):
    """Path of a Python that has the locked packages and sees `src`: this one, one made earlier, or a new one.

    Raises Refused, in one sentence, where none can be had; an environment that works is never touched before a newer one does."""
    locks = DEVELOPMENT_LOCKS if development else LOCKS
    if satisfied(root, locks):
        return Path(sys.executable)
    if (Path(sys.prefix) / "conda-meta").is_dir():
        raise Refused(conda_sentence(root, locks))
    # The tests' environment has all that a run needs, so that one of the two is often enough.
    usable = [folder(root, locks), folder(root, DEVELOPMENT_LOCKS)]
    if Path(sys.prefix).resolve() in [environment.resolve() for environment in usable]:
        raise Refused(f"The packages in {sys.prefix} have been changed by hand: delete that folder and run this again.")
    for environment in usable:
        if is_complete(environment):
            return python_of(environment)
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            raise Refused(f"This Python lacks its {module} module: install it (on Debian and Ubuntu: apt install {package}).")
    wanted = usable[0]
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        with only_one(wanted.parent / "making"):
            if not is_complete(wanted):
                make(root, wanted, locks)
            remove_others(wanted.parent, keep={folder(root, LOCKS), folder(root, DEVELOPMENT_LOCKS)})
    except OSError as error:
        said = meaning(str(error), locks, wanted.parent)
        raise Refused(
            said or f"{wanted.parent} cannot hold the environment ({error}): set {ELSEWHERE} to another folder."
        ) from error
    return python_of(wanted)


def conda_sentence(root, locks):
    if "requirements-dev.lock" in locks and satisfied(root, LOCKS):
        return "This conda environment lacks the tests' packages: run `python -m pip install -r requirements-dev.lock` in it."
    begin = "`conda env create -f environment.yml`, then `conda activate evaluation`"
    return f"This conda environment lacks the locked packages: run {begin}."


def make(root, environment, locks):
    """Makes the environment in `environment`, or leaves nothing there and raises Refused."""
    total = sum(len(pinned(root / lock)) for lock in locks)  # a broken lock is refused before anything is made
    remove(environment)
    print(f"Making the environment from {' and '.join(locks)}: once, a few minutes at most.", file=sys.stderr, flush=True)
    output = []
    try:
        python = python_of(environment)
        run([sys.executable, "-m", "venv", str(environment)], output)
        see_source(root, environment)
        requirements = [part for lock in locks for part in ("-r", str(root / lock))]
        # Compiled when first imported: most of these files never are, and compiling them takes longer than the rest.
        options = ["--require-hashes", "--only-binary", ":all:", "--no-compile", "--no-input", "--disable-pip-version-check"]
        run([str(python), "-m", "pip", "install", *options, *requirements], output, total)
        run([str(python), "-c", "import helpers"], output)
        made = {"locks": locks, "python": sys.version.split()[0]}
        (environment / COMPLETE).write_text(json.dumps(made), encoding="utf-8")
    except subprocess.CalledProcessError as error:
        remove(environment)  # first, so that on a full disk there is room for the log
        said = meaning("".join(output), locks, environment.parent) or "The environment could not be made."
        raise Refused(f"{said} {keep_log(environment.parent / LOG, output)}") from error
    except BaseException:
        remove(environment)
        raise


def run(command, output, total=None):
    """Runs `command`, adding its lines to `output`; on a terminal, counts the packages as they come."""
    settings = {**os.environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"}
    settings.pop("PYTHONPATH", None)  # what is elsewhere must not pass for installed
    show = total is not None and sys.stderr.isatty()
    count = 0
    text = {"encoding": "utf-8", "errors": "replace"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=settings, **text) as process:
        for line in process.stdout:
            output.append(line)
            count += line.startswith("Collecting ")
            if show:
                step = "installing them" if line.startswith("Installing collected") else f"{count} of at most {total} packages"
                print(f"\r  {step:<40}", end="", file=sys.stderr, flush=True)
    if show:
        print(file=sys.stderr)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def see_source(root, environment):
    """Puts the project's `src` on the environment's path; pip refuses an editable install beside required hashes."""
    scheme = {"base": str(environment), "platbase": str(environment)}
    packages = Path(sysconfig.get_path("purelib", scheme="venv", vars=scheme))
    try:
        source = os.path.relpath(root / "src", packages)  # relative: a copy of the project that is moved still works
    except ValueError:  # another drive on Windows
        source = str(root / "src")
    encoding = "utf-8" if sys.version_info >= (3, 13) else "locale"  # what `site` reads .pth files in
    (packages / "evaluation.pth").write_text(source + "\n", encoding=encoding)


def meaning(output, locks, where):
    """What went wrong, in one sentence, from what pip or venv wrote; empty where nothing there is known."""
    for sign, sentence in FAULTS:
        if re.search(sign, output):
            told = output[max(output.find("DO NOT MATCH"), output.find("No matching distribution"), 0) :]
            found = PACKAGE.search(told)
            package = found[1] if found else "A package"
            return sentence.format(package=package, locks=" ".join(locks), where=where, python=sys.version.split()[0])
    return ""


def keep_log(log, output):
    try:
        log.write_text("".join(output), encoding="utf-8")
    except OSError:
        return "(There was no room to keep what pip wrote.)"
    return f"(What pip wrote is in {log}.)"


def remove(environment):
    # Its mark goes first, so that one half removed is never taken for a working one.
    (environment / COMPLETE).unlink(missing_ok=True)
    shutil.rmtree(environment, ignore_errors=True)


def remove_others(parent, *, keep):
    for other in parent.iterdir():
        if re.fullmatch(r"[0-9a-f]{16}", other.name) and other not in keep:
            remove(other)


@contextlib.contextmanager
def only_one(path):
    """Waits until no other process holds the file at `path`; the system lets go of it however a process ends."""
    with path.open("a+b") as handle:
        waiting = False
        while not taken(handle):
            if not waiting:
                print("Another run is making the environment; waiting for it.", file=sys.stderr, flush=True)
            waiting = True
            time.sleep(0.5)
        yield


def taken(handle):
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A network drive that knows no locks must not keep anyone waiting for ever.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def hand_over(command, *, working_folder=None):
    """Runs `command` in place of this process; Windows cannot, so there it is a child whose exit status is returned."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.chdir(working_folder or os.getcwd())
        os.execv(command[0], command)
    process = subprocess.Popen(command, cwd=working_folder)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the child was told too, and decides how to end
            continue
