"""Motor-unit action potentials as a bipolar surface electrode sees them.

A fibre's action potential is a current tripole (Griep 1978; Merletti et al. 1999, IEEE TBME 46:810) that starts
at the innervation zone, runs both ways and ends at the tendons, where it stands still until it has gone (end
effect). The medium is infinite and anisotropic; skin and fat only add distance. Simpler than the layered planar
conductor of Farina & Merletti 2001 (doi 10.1109/10.923782): no guard against its finer spatial filtering.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

Floats = NDArray[np.float64]

OVERSAMPLING = 4  # potentials are computed at this multiple of the rate, then filtered down
DIRECTIONS = (-1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conductor:
    """The medium, the source and the electrodes.

    `anisotropy` is the conductivity along over that across the fibres (assumption; about 5 in the literature);
    `middle_pole_m` and `last_pole_m` are the distances of the second and third pole behind the first
    (assumption, of the order of Merletti 1999); `spacing_m` is that of SENIAM, 20 mm between electrodes.
    `length_s` is the longest potential kept.
    """

    anisotropy: float = 4.0
    middle_pole_m: float = 0.0018
    last_pole_m: float = 0.007
    spacing_m: float = 0.020
    length_s: float = 0.032


@dataclass(frozen=True, slots=True)
class Fibres:
    """Fibre bundles of motor units; arrays have shape (n_units, n_bundles), in m and m/s.

    `depth_m` below the electrodes; `zone_m` the innervation zone, `left_m` and `right_m` the distances from it
    to the tendons, all along the fibres with the middle of the electrodes at 0; `velocity_m_s` the conduction
    velocity.
    """

    depth_m: Floats
    zone_m: Floats
    left_m: Floats
    right_m: Floats
    velocity_m_s: Floats


def action_potentials(fibres: Fibres, conductor: Conductor, fs_hz: float) -> Floats:
    """Return the potential of each unit, shape (n_units, n_samples), in arbitrary units per fibre.

    Sample 0 is the moment of discharge. Content above fs/2 is filtered out.
    """
    n = int(np.ceil(conductor.length_s * fs_hz))
    at_s = np.arange(n * OVERSAMPLING) / (fs_hz * OVERSAMPLING)
    half = conductor.spacing_m / 2
    potential = _potential(fibres, conductor, at_s, half) - _potential(fibres, conductor, at_s, -half)
    filtered = np.asarray(resample_poly(potential.mean(axis=1), 1, OVERSAMPLING, axis=-1), np.float64)
    taper = np.ones(filtered.shape[1])
    edge = max(1, n // 8)
    taper[-edge:] = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, edge + 1) / edge)
    return filtered * taper


def _potential(fibres: Fibres, conductor: Conductor, at_s: Floats, electrode_m: float) -> Floats:
    """Potential at one electrode, shape (n_units, n_bundles, n_times)."""
    near2 = (conductor.anisotropy * fibres.depth_m**2)[..., None]
    middle, last = conductor.middle_pole_m, conductor.last_pole_m
    # no net charge and no net dipole: P1 + P2 + P3 = 0 and middle P2 + last P3 = 0
    poles = ((0.0, 1.0), (middle, -last / (last - middle)), (last, middle / (last - middle)))
    run = fibres.velocity_m_s[..., None] * at_s
    total = np.zeros(run.shape)
    for direction, length in zip(DIRECTIONS, (fibres.left_m, fibres.right_m), strict=True):
        for behind_m, strength in poles:
            at_m = fibres.zone_m[..., None] + direction * np.clip(run - behind_m, 0.0, length[..., None])
            total += strength / np.sqrt((electrode_m - at_m) ** 2 + near2)
    return total
