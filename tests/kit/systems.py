"""What in a Python file depends on the operating system, found without running it.

    find(path)      ["12: a path of one system: /tmp/x", "30: text without an encoding: read_text"]

Names of one system inside `with contextlib.suppress(...)`, `try` or an `if` are looked at as well:
somebody has to have said, in the list of a test, why they are there.
"""

import ast

MODULES = {"fcntl", "grp", "msvcrt", "posix", "pty", "pwd", "resource", "termios", "winreg"}
CALLS = {
    *("os.fork", "os.getuid", "os.geteuid", "os.getpgid", "os.killpg", "os.mkfifo", "os.nice"),
    *("os.setsid", "os.uname", "os.sched_getaffinity", "os.startfile", "os.symlink", "os.link"),
    *("signal.SIGKILL", "signal.SIGALRM", "signal.alarm", "signal.setitimer", "time.tzset"),
}
PLACES = ("/tmp", "/proc", "/dev", "/usr", "/etc", "/home", "/var", "C:\\", "C:/")
TEXT = {"read_text": 0, "write_text": 1}  # the position of the encoding


def dotted(node):
    """Return a name such as os.path.join, "" for what is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def opens_text(call):
    """Return whether a call opens or reads text without saying in which encoding."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    named = {keyword.arg for keyword in call.keywords}
    if "encoding" in named or None in named:
        return False
    if name in TEXT:
        return len(call.args) <= TEXT[name]
    if name != "open" or dotted(call.func) in ("os.open", "io.open_code", "Image.open"):
        return False
    place = 1 if isinstance(call.func, ast.Name) else 0  # open(path, "rb"), path.open("rb")
    modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    modes += call.args[place : place + 1]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "r"
    return "b" not in str(mode)


def complain(node):
    """Return what is odd of a node, or None."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names]
        found = MODULES & {*names, getattr(node, "module", None)}
        return f"a module of one system: {min(found)}" if found else None
    if isinstance(node, ast.Attribute) and dotted(node) in CALLS:
        return f"a name of one system: {dotted(node)}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.startswith(PLACES):
            return f"a path of one system: {node.value[:40]}"
        return None
    if isinstance(node, ast.Call) and opens_text(node):
        return f"text without an encoding: {ast.unparse(node.func)}"
    return None


def find(path):
    """Return what in a file depends on the system, a line each."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        said = complain(node)
        if said:
            found.append(f"{node.lineno}: {said}")
    return found
