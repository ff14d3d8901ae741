"""Which world of the sandbox a data folder was filled from: another one contradicts what was read before."""

from pathlib import Path


def another_world(data_dir: Path, world: str) -> str | None:
    """Remembers the digest of the first world that was served for `data_dir`; a sentence when it is another one now."""
    first = data_dir / "sandbox" / "first_world.txt"
    # Empty where a run was killed just then.
    known = first.read_text() if first.exists() else ""
    if not known:
        first.write_text(world)
    if known in ("", world):
        return None
    return (
        f"The sandbox serves another world than the one that {data_dir} was filled from. What is not in it looks as if "
        f"it had vanished, and may stop a stream: delete {data_dir} to begin anew."
    )
