"""Kinds of wearers: how often everything happens to them, and with what it is recorded.

A rate is the mean over people; a person's own rate is drawn about it with over-dispersion, a night's count from
the person's rate. Rates of mimics by age: numbers of large studies where a comment names one, else assumption.
"""

from dataclasses import dataclass, field, replace

from simulation.action_potentials import Conductor
from simulation.carriers import CarrierSettings
from simulation.cramps import CrampSettings
from simulation.habits import Habits
from simulation.motor_units import PoolSettings
from simulation.randomness import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Means over people, per night, or per hour where the name says so."""

    cramps: float = 0.45  # untreated trial patients: 3.1 a week (Tan 2024: 2.6-3.6)
    phi: Span = (0.3, 1.6)  # over-dispersion of counts between people: Maor 2017, Frusso 1999
    relapse_chance: float = 0.12  # another cramp within two minutes; assumption
    plm_per_h: float = 20.0  # MrOS: 71 % of men of 76 y have 5 or more, a fifth 65 or more
    plm_chance: float = 0.7  # of a person to have PLM at all
    leg_movements_per_h: float = 3.0
    turns_per_h: float = 6.8  # Ibrahim 2023: IQR 4.5-10.8
    alma: float = 0.3
    foot_tremor: float = 0.5  # 7.5 % of patients in one night (Regensburg), high-frequency movements 33 %
    myoclonus_per_h: float = 1.5  # trains; potentials: median 25 an hour
    hypnic: float = 0.6
    stretching: float = 2.0
    bathroom: float = 1.6  # at least two in 55 % of older people
    standing: float = 0.3
    tonic: float = 0.8
    rubbing: float = 0.7  # without a cramp, so that rubbing betrays none
    fasciculation: float = 0.7  # stretches of benign fasciculation, likewise
    pops_per_h: float = 0.5
    motion_chance: float = 0.25  # of a large movement to disturb the electrodes
    lead_off: float = 0.08
    saturation: float = 0.15
    dropouts_per_h: float = 0.15
    dropout_on_contraction: float = 0.03  # of a long contraction to break the link
    restart: float = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The wearer: muscles, gait, reactions. Assumption where nothing else is said."""

    mvc_uv: Span = (60.0, 330.0)  # RMS; shin of people of 65-80 y: 58-231 in moderate contraction (sample data)
    crosstalk: Span = (0.01, 0.10)
    voluntary_cov: Span = (0.10, 0.20)  # textbook
    stride_hz: Span = (0.55, 0.95)
    felt_chance: float = 0.85
    reaction_delay_s: Span = (6.0, 150.0)
    other_head_chance: float = 0.1  # the cramp sits in the head without electrodes
    unseen_movement: Span = (0.05, 0.70)  # share of PLM that no accelerometer sees, 39 % (4.8-69.6): Terrill 2013
    cramp_margin_s: float = 15.0  # nothing else within this of a cramp, apart from the reaction to it
    sleep_h: Span = (7.0, 9.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Electronics:
    """The sensor. Noise and rails: assumption; rates and spacing: the design; acceleration noise: sample data."""

    fs_hz: float = 1000.0
    acc_fs_hz: float = 52.0
    muscles: tuple[str, ...] = ("GM", "TA")
    accelerometer: bool = True
    floor_uv: float = 2.0  # median over people of the RMS at rest, 20-450 Hz
    floor_sigma: float = 0.35
    floor_span_uv: Span = (0.8, 6.0)
    floor_waver: float = 0.1  # of the floor, within seconds
    baseline_uv: Span = (1.0, 10.0)  # slow wander of the electrodes, below 20 Hz
    hum_chance: float = 0.5
    hum_uv: Span = (0.2, 8.0)
    heart_chance: float = 0.3
    heart_uv: Span = (1.0, 12.0)  # peak
    settling: Span = (0.0, 1.0)  # extra noise at the start, in floors; gone with a time constant of 10 min
    settling_s: float = 600.0  # impedance falls for the first 15 min (sensors 23:8580)
    sweat_chance: float = 0.25
    sweat_loss: Span = (0.03, 0.3)  # of gain; 2-3 % per 0.02 mm of sweat (Abdoli-Eramaki 2012)
    rails_uv: tuple[float, ...] = (1500.0, 3000.0, 5000.0)
    acc_rail_g: float = 4.0
    acc_noise_g: Span = (0.0012, 0.0022)  # 1.5-2 mg


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of wearer with a kind of sensor; every number that can change a night."""

    name: str
    rates: Rates = field(default_factory=Rates)
    body: Body = field(default_factory=Body)
    electronics: Electronics = field(default_factory=Electronics)
    cramp: CrampSettings = field(default_factory=CrampSettings)
    pool: PoolSettings = field(default_factory=PoolSettings)
    conductor: Conductor = field(default_factory=Conductor)
    habits: Habits = field(default_factory=Habits)
    carrier: CarrierSettings = field(default_factory=CarrierSettings)


OLDER = Profile(name="older")
"""People of 65 years and more with nocturnal cramps, untreated; sensors as they are."""

YOUNG = Profile(
    name="young",
    rates=Rates(
        cramps=0.25, plm_chance=0.25, plm_per_h=8.0, bathroom=0.25, turns_per_h=6.0, tonic=0.5, standing=0.1
    ),
    body=Body(mvc_uv=(100.0, 450.0), stride_hz=(0.8, 1.05)),
)
"""Young adults."""

CLEAN = Profile(
    name="clean",
    rates=Rates(
        cramps=0.8, pops_per_h=0.0, motion_chance=0.0, lead_off=0.0, saturation=0.0, dropouts_per_h=0.0,
        dropout_on_contraction=0.0, restart=0.0, tonic=0.0,
    ),
    body=Body(crosstalk=(0.0, 0.03), other_head_chance=0.0),
    electronics=Electronics(hum_chance=0.0, heart_chance=0.0, settling=(0.0, 0.1), sweat_chance=0.0),
    cramp=CrampSettings(mvc_share=(0.3, 0.7)),
)  # fmt: skip
"""Strong cramps, good electrodes, no artefacts."""

HARD = Profile(
    name="hard",
    rates=Rates(
        cramps=1.0, relapse_chance=0.25, plm_chance=0.9, plm_per_h=45.0, leg_movements_per_h=5.0, turns_per_h=9.0,
        alma=2.5, foot_tremor=2.5, myoclonus_per_h=3.0, hypnic=1.5, stretching=4.0, bathroom=2.5, standing=1.0,
        rubbing=2.0, fasciculation=2.0,
        tonic=3.0, pops_per_h=4.0, motion_chance=0.6, lead_off=0.8, saturation=1.0, dropouts_per_h=1.0,
        dropout_on_contraction=0.2, restart=0.5,
    ),
    body=Body(mvc_uv=(40.0, 250.0), crosstalk=(0.02, 0.2), other_head_chance=0.15, cramp_margin_s=3.0),
    electronics=Electronics(
        floor_uv=3.0, floor_sigma=0.45, floor_span_uv=(1.0, 9.0), baseline_uv=(3.0, 40.0), hum_chance=0.8,
        hum_uv=(1.0, 30.0), heart_chance=0.6, heart_uv=(2.0, 30.0), settling=(0.0, 2.0), sweat_chance=0.5,
    ),
    cramp=CrampSettings(mvc_share=(0.06, 0.7), pause_chance=0.2, duration_s=(15.0, 720.0)),
)  # fmt: skip
"""Much of everything that can be mistaken for a cramp or hide one."""

NO_CRAMPS = replace(OLDER, name="no-cramps", rates=replace(OLDER.rates, cramps=0.0))
"""As `older`, without cramps."""

PROFILES: dict[str, Profile] = {p.name: p for p in (OLDER, YOUNG, CLEAN, HARD, NO_CRAMPS)}
"""The shipped profiles by name."""
