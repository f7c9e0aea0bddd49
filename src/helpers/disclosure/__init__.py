"""Disclosure control: what may leave, and the checks that nothing else does."""

from importlib import import_module

HOMES = {
    "suppression": ("LEAST_GROUPS", "control", "control_summary", "control_together", "published", "published_words"),
    "controlled": ("SYMBOLS", "VALUES", "Controlled", "Words", "require"),
    "curves": ("control_curve",),
    "policy": ("STANDARD", "Policy", "could_be", "round_count"),
}
MODULES = {name: home for home, names in HOMES.items() for name in names}
__all__ = sorted(MODULES)


def __getattr__(name: str):
    """Import a name where it is first used: the command reads `Policy` and must not wait two seconds for scipy."""
    if name not in MODULES:
        raise AttributeError(f"module 'helpers.disclosure' has no attribute {name!r}")
    return getattr(import_module(f"helpers.disclosure.{MODULES[name]}"), name)
