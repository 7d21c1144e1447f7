"""The drum kits: every hit is a decaying tone, a decaying noise, or both."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.sources.demo.dsp import bandpass, highpass, noise, time_s


@dataclass(frozen=True)
class Kit:
    """A drum kit and how it is miked; frequencies in Hz, decays in seconds (time constants)."""

    kick_hz: float = 52.0
    kick_s: float = 0.12
    click: float = 0.3  # attack of the kick's beater
    snare_hz: float = 190.0
    snare_s: float = 0.09
    rattle: float = 1.0  # share of the snare wires
    hat_s: float = 0.03
    cymbals: float = 1.0  # level of everything made of metal


KITS = {
    "acoustic": Kit(),
    "brushes": Kit(60.0, 0.09, 0.08, 210.0, 0.13, 0.7, 0.05, 0.7),
    "disco": Kit(58.0, 0.09, 0.35, 200.0, 0.1, 1.1, 0.025, 1.3),
    "metal": Kit(62.0, 0.07, 1.1, 175.0, 0.1, 1.2, 0.04, 1.2),
    "drum_machine": Kit(44.0, 0.28, 0.15, 180.0, 0.12, 0.9, 0.025, 0.7),
    "sampled": Kit(56.0, 0.14, 0.4, 185.0, 0.1, 1.2, 0.03, 0.6),
    "reggae": Kit(55.0, 0.13, 0.12, 290.0, 0.07, 0.6, 0.03, 0.6),
}


def _kick(kit: Kit) -> np.ndarray:
    t = time_s(5 * kit.kick_s)
    sweep = kit.kick_hz * (t + 0.09 * (1 - np.exp(-t / 0.03)))
    beater = kit.click * highpass(noise(len(t)), 1500.0) * np.exp(-t / 0.006)
    return 1.6 * np.sin(2 * np.pi * sweep) * np.exp(-t / kit.kick_s) + beater


def _snare(kit: Kit) -> np.ndarray:
    t = time_s(5 * kit.snare_s)
    skin = np.sin(2 * np.pi * kit.snare_hz * t) + 0.5 * np.sin(2 * np.pi * 1.6 * kit.snare_hz * t)
    wires = kit.rattle * bandpass(noise(len(t), 999), 1200.0, 8000.0)
    return 0.8 * skin * np.exp(-t / (0.6 * kit.snare_s)) + 1.1 * wires * np.exp(-t / kit.snare_s)


def _cymbal(kit: Kit, decay_s: float, low_hz: float, level: float) -> np.ndarray:
    t = time_s(5 * decay_s)
    metal = np.sum([np.sign(np.sin(2 * np.pi * f * t)) for f in (2051.0, 3047.0, 3673.0, 4159.0)], axis=0)
    hiss = highpass(0.25 * metal + noise(len(t), 5000), low_hz, 4)
    return kit.cymbals * level * hiss * np.exp(-t / decay_s)


def _tom(freq_hz: float) -> np.ndarray:
    t = time_s(0.5)
    return 1.3 * np.sin(2 * np.pi * freq_hz * (t + 0.02 * (1 - np.exp(-t / 0.04)))) * np.exp(-t / 0.12)


def _clap() -> np.ndarray:
    t = time_s(0.3)
    hands = sum(np.where(t >= d, np.exp(-(t - d) / 0.008), 0.0) for d in (0.0, 0.011, 0.023)) + np.exp(-t / 0.07)
    return 1.1 * hands * bandpass(noise(len(t), 777), 900.0, 3500.0)


def _rim() -> np.ndarray:
    t = time_s(0.08)
    return 1.4 * (np.sin(2 * np.pi * 1700.0 * t) + 0.6 * np.sin(2 * np.pi * 480.0 * t)) * np.exp(-t / 0.012)


def _shaker() -> np.ndarray:
    t = time_s(0.12)
    return 0.5 * highpass(noise(len(t), 3333), 5000.0) * np.sin(np.pi * t / 0.12) ** 2


def render_kit(name: str, *, tuning: float = 1.0, ring: float = 1.0) -> dict[str, np.ndarray]:
    """Render every drum of a kit once.

    Parameters
    ----------
    name : str
        a key of `KITS`
    tuning, ring : float
        factors on the drums' pitch and on their decay

    Returns
    -------
    dict of np.ndarray [shape=(n,), dtype=float32]
        one hit of full strength a drum
    """
    kit = KITS[name]
    kit = replace(
        kit,
        kick_hz=kit.kick_hz * tuning,
        snare_hz=kit.snare_hz * tuning,
        kick_s=kit.kick_s * ring,
        snare_s=kit.snare_s * ring,
        hat_s=kit.hat_s * ring,
    )
    hits = {
        "kick": _kick(kit),
        "snare": _snare(kit),
        "hat": _cymbal(kit, kit.hat_s, 6500.0, 0.45),
        "open": _cymbal(kit, 6 * kit.hat_s, 5500.0, 0.4),
        "ride": _cymbal(kit, 0.22 * ring, 4500.0, 0.3),
        "crash": _cymbal(kit, 0.6 * ring, 2500.0, 0.55),
        "tom": _tom(105.0 * tuning),
        "conga": 0.7 * _tom(230.0 * tuning),
        "clap": _clap(),
        "rim": _rim(),
        "shaker": _shaker(),
    }
    return {drum: hit.astype(np.float32) for drum, hit in hits.items()}
