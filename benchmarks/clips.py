"""The clips that are measured on, and the machine that measures."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from pipeline.settings import get_settings
from pipeline.sources.demo import write_demo

PACKAGES = ("librosa", "numpy", "scipy", "numba", "soundfile", "pymongo")


def find_clips(audio: str) -> list[Path]:
    """Return the audio files below a folder, one genre after the other; without a folder, those of the demo corpus."""
    root = Path(audio).expanduser() if audio else get_settings().home / "demo"
    if not audio:
        write_demo(root, tracks_per_genre=get_settings().demo_tracks, jobs=get_settings().jobs)
    by_genre = [sorted(folder.glob("*.*")) for folder in sorted(root.iterdir()) if folder.is_dir()]
    longest = max(map(len, by_genre))
    return [files[i] for i in range(longest) for files in by_genre if i < len(files)]


def describe_machine() -> str:
    """Return processor, cores, memory and versions in one line."""
    memory_gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB; {platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
