"""Structures that recipes may name: published lattice parameters and atomic positions."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Structure:
    """A crystal, or a single sheet of one.

    Parameters
    ----------
    build
        Makes one cell, as ASE's ``Atoms``; imports ASE, lengths in Å.
    zones
        Zone axes of low indices along which a microscope can tell the columns apart.
    layer
        A single sheet: nothing repeats along the beam, and the zone axis is [001].
    """

    build: Callable[[], Any]
    zones: tuple[str, ...]
    layer: bool = False


FCC = "110 100 111 112"
BCC = "100 110 111 113"
DIAMOND = "110 100 111 112"
ROCKSALT = "100 110 112 111"
SIMPLE = "100 110 111"
SPINEL = "110 100 111"
HEXAGONAL = "001 100 210"
TETRAGONAL = "100 001 110"
AXES = "100 010 001"
PNMA = "101 100 001"
RHOMBOHEDRAL = "2-21 100 001"
"""The axes [100], [110] and [111] of a perovskite's cube, in hexagonal indices."""


def _axes(zones: str) -> tuple[str, ...]:
    return tuple(f"[{zone}]" for zone in zones.split())


def _bulk(formula: str, kind: str, zones: str, a: float, c: float | None = None) -> Structure:
    """One of the simple kinds that ASE knows by name."""

    def build() -> Any:
        from ase.build import bulk

        return bulk(formula, kind, a=a, c=c, cubic=kind != "hcp")

    return Structure(build, _axes(zones))


def _crystal(
    group: int, cell: tuple[float, ...], sites: str, zones: str, origin: int = 1
) -> Structure:
    """A crystal of a space group.

    Parameters
    ----------
    group
        Number of the space group.
    cell
        As many of a, b, c [Å] and beta [°] as the crystal system leaves free.
    sites
        Element and position of each site, such as ``"Ti 0 0 0; O 1/2 0 1/2"``.
    zones
        Its zone axes.
    origin
        Choice of the origin, where the group has two.
    """

    def build() -> Any:
        from ase.spacegroup import crystal

        places = [site.split() for site in sites.split(";")]
        positions = [[float(Fraction(number)) for number in place[1:]] for place in places]
        symbols = [place[0] for place in places]
        parameters = _cell_parameters(group, cell)
        return crystal(symbols, positions, spacegroup=group, setting=origin, cellpar=parameters)

    return Structure(build, _axes(zones))


def _cell_parameters(group: int, cell: tuple[float, ...]) -> list[float]:
    """Three lengths and three angles."""
    if len(cell) == 4:
        return [*cell[:3], 90, cell[3], 90]
    gamma = 120 if 143 <= group <= 194 else 90
    lengths = {1: cell * 3, 2: (cell[0], *cell), 3: cell}[len(cell)]
    return [*lengths, 90, 90, gamma]


def _perovskite(a_site: str, b_site: str, x_site: str, a: float) -> Structure:
    sites = f"{a_site} 0 0 0; {b_site} 1/2 1/2 1/2; {x_site} 1/2 1/2 0"
    return _crystal(221, (a,), sites, SIMPLE)


def _polar(a_site: str, b_site: str, a: float, c: float, z: tuple[float, ...]) -> Structure:
    """A tetragonal perovskite; heights of the cation B, the oxygen above it and beside it."""
    sites = f"{a_site} 0 0 0; {b_site} 1/2 1/2 {z[0]}; O 1/2 1/2 {z[1]}; O 1/2 0 {z[2]}"
    return _crystal(99, (a, c), sites, TETRAGONAL)


def _tilted(a_site: str, b_site: str, cell: tuple[float, ...], others: str) -> Structure:
    """An orthorhombic perovskite; places of the cation A and of the two oxygens."""
    places = others.split(";")
    sites = f"{a_site} {places[0]}; {b_site} 0 0 1/2; O {places[1]}; O {places[2]}"
    return _crystal(62, cell, sites, PNMA)


def _wurtzite(metal: str, other: str, a: float, c: float, u: float) -> Structure:
    return _crystal(186, (a, c), f"{metal} 1/3 2/3 0; {other} 1/3 2/3 {u}", HEXAGONAL)


def _rutile(metal: str, other: str, a: float, c: float, u: float) -> Structure:
    return _crystal(136, (a, c), f"{metal} 0 0 0; {other} {u} {u} 0", "001 100 110 111")


def _spinel(four: str, six: str, a: float, u: float) -> Structure:
    sites = f"{four} 1/8 1/8 1/8; {six} 1/2 1/2 1/2; O {u} {u} {u}"
    return _crystal(227, (a,), sites, SPINEL, origin=2)


def _layered(alkali: str, metal: str, a: float, c: float, z: float) -> Structure:
    return _crystal(166, (a, c), f"{metal} 0 0 0; {alkali} 0 0 1/2; O 0 0 {z}", HEXAGONAL)


def _corundum(metal: str, a: float, c: float, z: float, x: float) -> Structure:
    return _crystal(167, (a, c), f"{metal} 0 0 {z}; O {x} 0 1/4", "001 100")


def _tetradymite(metal: str, other: str, a: float, c: float, z: float, w: float) -> Structure:
    sites = f"{metal} 0 0 {z}; {other} 0 0 0; {other} 0 0 {w}"
    return _crystal(166, (a, c), sites, HEXAGONAL)


def _ordered(cube: str, face: str, a: float, c: float) -> Structure:
    """Alternate (001) planes of two metals, in the cell of the fcc crystal."""
    sites = f"{cube} 0 0 0; {cube} 1/2 1/2 0; {face} 1/2 0 1/2"
    return _crystal(123, (a, c), sites, "100 110 101 001")


def _sheet(a: float, atoms: str) -> Structure:
    """A single sheet; element, place (A, B or C as in close packing) and height [Å] of each."""

    def build() -> Any:
        from ase import Atoms

        rows = [atom.split() for atom in atoms.split(";")]
        shifts = [("ABC".index(place) / 3, float(height)) for _, place, height in rows]
        places = [(2 * shift, shift, height) for shift, height in shifts]
        symbols = [row[0] for row in rows]
        sheet: Any = Atoms(symbols, scaled_positions=places, cell=[a, a, 1, 90, 90, 120])
        sheet.center(vacuum=5, axis=2)
        return sheet

    return Structure(build, ("[001]",), layer=True)


def _prismatic(metal: str, other: str, a: float, thickness: float) -> Structure:
    """A 2H dichalcogenide; the thickness is from chalcogen to chalcogen [Å]."""
    return _sheet(a, f"{metal} A 0; {other} B {thickness / 2}; {other} B {-thickness / 2}")


def _octahedral(metal: str, other: str, a: float, thickness: float) -> Structure:
    """A 1T dichalcogenide."""
    return _sheet(a, f"{metal} A 0; {other} B {thickness / 2}; {other} C {-thickness / 2}")


CATALOGUE: dict[str, Structure] = {
    # Metals
    "Au": _bulk("Au", "fcc", FCC, 4.078),
    "Ag": _bulk("Ag", "fcc", FCC, 4.0857),
    "Al": _bulk("Al", "fcc", FCC, 4.05),
    "Cu": _bulk("Cu", "fcc", FCC, 3.6149),
    "Ni": _bulk("Ni", "fcc", FCC, 3.524),
    "Pt": _bulk("Pt", "fcc", FCC, 3.9242),
    "Pd": _bulk("Pd", "fcc", FCC, 3.8907),
    "Rh": _bulk("Rh", "fcc", FCC, 3.8034),
    "Ir": _bulk("Ir", "fcc", FCC, 3.839),
    "Pb": _bulk("Pb", "fcc", FCC, 4.9508),
    "Fe": _bulk("Fe", "bcc", BCC, 2.867),
    "Cr": _bulk("Cr", "bcc", BCC, 2.8848),
    "V": _bulk("V", "bcc", BCC, 3.024),
    "Nb": _bulk("Nb", "bcc", BCC, 3.3004),
    "Mo": _bulk("Mo", "bcc", BCC, 3.147),
    "Ta": _bulk("Ta", "bcc", BCC, 3.3013),
    "W": _bulk("W", "bcc", BCC, 3.1652),
    "Mg": _bulk("Mg", "hcp", HEXAGONAL, 3.2094, 5.2108),
    "Ti": _bulk("Ti", "hcp", HEXAGONAL, 2.9508, 4.6855),
    "Zr": _bulk("Zr", "hcp", HEXAGONAL, 3.2316, 5.1475),
    "Hf": _bulk("Hf", "hcp", HEXAGONAL, 3.1946, 5.0511),
    "Co": _bulk("Co", "hcp", HEXAGONAL, 2.5071, 4.0695),
    "Zn": _bulk("Zn", "hcp", HEXAGONAL, 2.665, 4.947),
    "Ru": _bulk("Ru", "hcp", HEXAGONAL, 2.7059, 4.2815),
    "Re": _bulk("Re", "hcp", HEXAGONAL, 2.7608, 4.4582),
    "Sn": _crystal(141, (5.8316, 3.1815), "Sn 0 0 0", TETRAGONAL),
    # Alloys and intermetallic compounds
    "NiAl": _bulk("NiAl", "cesiumchloride", SIMPLE, 2.887),
    "FeAl": _bulk("FeAl", "cesiumchloride", SIMPLE, 2.909),
    "TiNi": _bulk("TiNi", "cesiumchloride", SIMPLE, 3.015),
    "FePt": _ordered("Fe", "Pt", 3.852, 3.713),
    "CoPt": _ordered("Co", "Pt", 3.803, 3.701),
    "TiAl": _ordered("Ti", "Al", 4.005, 4.07),
    "CuAu": _ordered("Cu", "Au", 3.966, 3.673),
    "Ni3Al": _crystal(221, (3.572,), "Al 0 0 0; Ni 1/2 1/2 0", SIMPLE),
    "Cu3Au": _crystal(221, (3.747,), "Au 0 0 0; Cu 1/2 1/2 0", SIMPLE),
    "FePt3": _crystal(221, (3.866,), "Fe 0 0 0; Pt 1/2 1/2 0", SIMPLE),
    "Fe3Al": _crystal(225, (5.792,), "Al 0 0 0; Fe 1/4 1/4 1/4; Fe 1/2 1/2 1/2", ROCKSALT),
    "Co2MnSi": _crystal(225, (5.654,), "Si 0 0 0; Mn 1/2 1/2 1/2; Co 1/4 1/4 1/4", ROCKSALT),
    "TiNiSn": _crystal(216, (5.93,), "Sn 0 0 0; Ti 1/2 1/2 1/2; Ni 1/4 1/4 1/4", ROCKSALT),
    "MgCu2": _crystal(227, (7.034,), "Mg 1/8 1/8 1/8; Cu 1/2 1/2 1/2", SPINEL, origin=2),
    "Al2Cu": _crystal(140, (6.067, 4.877), "Cu 0 0 1/4; Al .1581 .6581 0", TETRAGONAL),
    "Nb3Sn": _crystal(223, (5.29,), "Sn 0 0 0; Nb 1/4 0 1/2", SIMPLE),
    "CoSb3": _crystal(204, (9.0385,), "Co 1/4 1/4 1/4; Sb 0 .3351 .1602", SIMPLE),
    "Mg2Si": _crystal(225, (6.351,), "Si 0 0 0; Mg 1/4 1/4 1/4", ROCKSALT),
    "Fe3C": _crystal(
        62, (5.09, 6.744, 4.525), "Fe .037 1/4 .84; Fe .182 .067 .337; C .877 1/4 .444", AXES
    ),
    # Semiconductors
    "C": _bulk("C", "diamond", SIMPLE, 3.567),
    "Si": _bulk("Si", "diamond", DIAMOND, 5.431),
    "Ge": _bulk("Ge", "diamond", DIAMOND, 5.6579),
    "GaAs": _bulk("GaAs", "zincblende", DIAMOND, 5.653),
    "GaP": _bulk("GaP", "zincblende", DIAMOND, 5.4505),
    "GaSb": _bulk("GaSb", "zincblende", DIAMOND, 6.0959),
    "InP": _bulk("InP", "zincblende", DIAMOND, 5.8687),
    "InAs": _bulk("InAs", "zincblende", DIAMOND, 6.0583),
    "InSb": _bulk("InSb", "zincblende", DIAMOND, 6.4794),
    "AlAs": _bulk("AlAs", "zincblende", DIAMOND, 5.6611),
    "AlSb": _bulk("AlSb", "zincblende", DIAMOND, 6.1355),
    "ZnS": _bulk("ZnS", "zincblende", DIAMOND, 5.4093),
    "ZnSe": _bulk("ZnSe", "zincblende", DIAMOND, 5.6676),
    "ZnTe": _bulk("ZnTe", "zincblende", DIAMOND, 6.1026),
    "CdTe": _bulk("CdTe", "zincblende", DIAMOND, 6.481),
    "SiC-3C": _bulk("SiC", "zincblende", DIAMOND, 4.3596),
    "SiC-4H": _crystal(
        186, (3.073, 10.053), "Si 0 0 0; Si 1/3 2/3 1/4; C 0 0 3/16; C 1/3 2/3 7/16", HEXAGONAL
    ),
    "GaN": _wurtzite("Ga", "N", 3.189, 5.185, 0.377),
    "AlN": _wurtzite("Al", "N", 3.112, 4.982, 0.382),
    "InN": _wurtzite("In", "N", 3.545, 5.703, 0.379),
    "ZnO": _wurtzite("Zn", "O", 3.2498, 5.2066, 0.382),
    "CdSe": _wurtzite("Cd", "Se", 4.2985, 7.0152, 0.3757),
    "CdS": _wurtzite("Cd", "S", 4.1367, 6.7161, 0.377),
    "FeS2": _crystal(205, (5.4166,), "Fe 0 0 0; S .385 .385 .385", SIMPLE),
    # Rock salt and fluorite
    "NaCl": _bulk("NaCl", "rocksalt", ROCKSALT, 5.64),
    "KCl": _bulk("KCl", "rocksalt", ROCKSALT, 6.2931),
    "LiF": _bulk("LiF", "rocksalt", ROCKSALT, 4.027),
    "MgO": _bulk("MgO", "rocksalt", ROCKSALT, 4.2112),
    "CoO": _bulk("CoO", "rocksalt", ROCKSALT, 4.26),
    "MnO": _bulk("MnO", "rocksalt", ROCKSALT, 4.4457),
    "NiO": _bulk("NiO", "rocksalt", ROCKSALT, 4.177),
    "TiN": _bulk("TiN", "rocksalt", ROCKSALT, 4.242),
    "TiC": _bulk("TiC", "rocksalt", ROCKSALT, 4.3274),
    "VN": _bulk("VN", "rocksalt", ROCKSALT, 4.139),
    "PbS": _bulk("PbS", "rocksalt", ROCKSALT, 5.9362),
    "PbSe": _bulk("PbSe", "rocksalt", ROCKSALT, 6.1243),
    "PbTe": _bulk("PbTe", "rocksalt", ROCKSALT, 6.462),
    "CsCl": _bulk("CsCl", "cesiumchloride", SIMPLE, 4.123),
    "CeO2": _crystal(225, (5.411,), "Ce 0 0 0; O 1/4 1/4 1/4", ROCKSALT),
    "UO2": _crystal(225, (5.471,), "U 0 0 0; O 1/4 1/4 1/4", ROCKSALT),
    "ThO2": _crystal(225, (5.597,), "Th 0 0 0; O 1/4 1/4 1/4", ROCKSALT),
    "ZrO2": _crystal(225, (5.09,), "Zr 0 0 0; O 1/4 1/4 1/4", ROCKSALT),
    "CaF2": _crystal(225, (5.4626,), "Ca 0 0 0; F 1/4 1/4 1/4", ROCKSALT),
    "BaF2": _crystal(225, (6.2001,), "Ba 0 0 0; F 1/4 1/4 1/4", ROCKSALT),
    # Oxides and nitrides
    "TiO2-rutile": _rutile("Ti", "O", 4.5937, 2.9587, 0.3048),
    "SnO2": _rutile("Sn", "O", 4.7374, 3.1864, 0.3056),
    "RuO2": _rutile("Ru", "O", 4.491, 3.1064, 0.3058),
    "IrO2": _rutile("Ir", "O", 4.5051, 3.1586, 0.3077),
    "MnO2": _rutile("Mn", "O", 4.3999, 2.874, 0.3046),
    "MgF2": _rutile("Mg", "F", 4.621, 3.0519, 0.3029),
    "TiO2-anatase": _crystal(141, (3.7842, 9.5146), "Ti 0 0 0; O 0 0 .2081", "100 110 111"),
    "Cu2O": _crystal(224, (4.2696,), "O 0 0 0; Cu 1/4 1/4 1/4", SIMPLE),
    "MgAl2O4": _spinel("Mg", "Al", 8.0806, 0.2624),
    "Fe3O4": _spinel("Fe", "Fe", 8.3958, 0.2549),
    "Co3O4": _spinel("Co", "Co", 8.0821, 0.2631),
    "ZnAl2O4": _spinel("Zn", "Al", 8.086, 0.264),
    "LiMn2O4": _spinel("Li", "Mn", 8.2476, 0.2632),
    "Al2O3": _corundum("Al", 4.7589, 12.991, 0.3522, 0.3063),
    "Cr2O3": _corundum("Cr", 4.9607, 13.599, 0.3475, 0.3058),
    "Fe2O3": _corundum("Fe", 5.038, 13.772, 0.3553, 0.3059),
    "In2O3": _crystal(
        206, (10.117,), "In 1/4 1/4 1/4; In .4663 0 1/4; O .3905 .1529 .3832", "100 111"
    ),
    "ZrO2-monoclinic": _crystal(
        14,
        (5.145, 5.208, 5.311, 99.23),
        "Zr .276 .041 .208; O .07 .336 .341; O .442 .755 .479",
        AXES,
    ),
    "Ga2O3": _crystal(
        12,
        (12.214, 3.0371, 5.7981, 103.83),
        "Ga .0905 0 .7946; Ga .3413 0 .686; O .1674 0 .1011; O .4957 0 .2553; O .8279 0 .4365",
        "010 001",
    ),
    "SiO2": _crystal(154, (4.9134, 5.4052), "Si .4697 0 2/3; O .4133 .2672 .7855", "001 100"),
    "Si3N4": _crystal(
        176, (7.608, 2.911), "Si .1744 .7686 1/4; N .3299 .0314 1/4; N 1/3 2/3 1/4", "001"
    ),
    # Perovskites and their kin
    "SrTiO3": _perovskite("Sr", "Ti", "O", 3.905),
    "SrVO3": _perovskite("Sr", "V", "O", 3.842),
    "BaZrO3": _perovskite("Ba", "Zr", "O", 4.193),
    "BaSnO3": _perovskite("Ba", "Sn", "O", 4.116),
    "KTaO3": _perovskite("K", "Ta", "O", 3.9885),
    "CsPbBr3": _perovskite("Cs", "Pb", "Br", 5.874),
    "BaTiO3": _polar("Ba", "Ti", 3.992, 4.036, (0.5215, 0.9756, 0.4895)),
    "PbTiO3": _polar("Pb", "Ti", 3.902, 4.156, (0.5377, 0.1118, 0.6174)),
    "LaAlO3": _crystal(
        167, (5.3647, 13.1114), "La 0 0 1/4; Al 0 0 0; O .5246 0 1/4", RHOMBOHEDRAL
    ),
    "BiFeO3": _crystal(
        161, (5.5787, 13.8688), "Bi 0 0 0; Fe 0 0 .2212; O .443 .012 .9543", RHOMBOHEDRAL
    ),
    "LiNbO3": _crystal(
        161, (5.1483, 13.8631), "Nb 0 0 0; Li 0 0 .2829; O .0492 .3446 .0647", HEXAGONAL
    ),
    "CaTiO3": _tilted(
        "Ca", "Ti", (5.447, 7.654, 5.388), ".036 1/4 .9932; .4838 1/4 .0714; .2888 .0371 .7108"
    ),
    "SrRuO3": _tilted(
        "Sr", "Ru", (5.5304, 7.8446, 5.567), ".0157 1/4 .9973; .4966 1/4 .0532; .2764 .0278 .7248"
    ),
    "LaMnO3": _tilted(
        "La", "Mn", (5.7473, 7.6929, 5.5367), ".049 1/4 .9922; .4874 1/4 .0745; .3066 .0384 .7256"
    ),
    "DyScO3": _tilted(
        "Dy", "Sc", (5.7194, 7.9044, 5.4425), ".0607 1/4 .9828; .4464 1/4 .1196; .3037 .0613 .6926"
    ),
    "Sr2RuO4": _crystal(
        139, (3.873, 12.7323), "Sr 0 0 .3532; Ru 0 0 0; O 0 1/2 0; O 0 0 .1619", TETRAGONAL
    ),
    "YBa2Cu3O7": _crystal(
        47,
        (3.8227, 3.8872, 11.6802),
        "Y 1/2 1/2 1/2; Ba 1/2 1/2 .1843; Cu 0 0 0; Cu 0 0 .3556;"
        "O 0 1/2 0; O 1/2 0 .3773; O 0 1/2 .3789; O 0 0 .1584",
        "100 010 110 001",
    ),
    # Batteries
    "LiCoO2": _layered("Li", "Co", 2.8138, 14.0516, 0.2605),
    "LiNiO2": _layered("Li", "Ni", 2.8784, 14.19, 0.258),
    "NaCoO2": _layered("Na", "Co", 2.889, 15.609, 0.2703),
    "Li2MnO3": _crystal(
        12,
        (4.937, 8.532, 5.03, 109.46),
        "Li 0 1/2 0; Li 0 0 1/2; Li 0 .6606 1/2; Mn 0 .1671 0;O .2189 0 .2273; O .254 .3212 .2233",
        "100 010 001",
    ),
    "LiFePO4": _crystal(
        62,
        (10.332, 6.01, 4.692),
        "Li 0 0 0; Fe .2822 1/4 .9747; P .0948 1/4 .4182;"
        "O .0968 1/4 .7428; O .4571 1/4 .206; O .1656 .0465 .2848",
        "010 001",
    ),
    # Layered crystals
    "graphite": _crystal(194, (2.464, 6.711), "C 0 0 1/4; C 1/3 2/3 1/4", HEXAGONAL),
    "MoS2-bulk": _crystal(194, (3.1604, 12.295), "Mo 1/3 2/3 1/4; S 1/3 2/3 .621", HEXAGONAL),
    "Bi2Te3": _tetradymite("Bi", "Te", 4.3835, 30.487, 0.4, 0.2097),
    "Bi2Se3": _tetradymite("Bi", "Se", 4.143, 28.636, 0.4008, 0.2117),
    "Sb2Te3": _tetradymite("Sb", "Te", 4.264, 30.458, 0.3988, 0.2128),
    # Single sheets
    "graphene": _sheet(2.46, "C A 0; C B 0"),
    "hBN": _sheet(2.504, "B A 0; N B 0"),
    "MoS2": _prismatic("Mo", "S", 3.16, 3.17),
    "MoSe2": _prismatic("Mo", "Se", 3.289, 3.34),
    "MoTe2": _prismatic("Mo", "Te", 3.519, 3.6),
    "WS2": _prismatic("W", "S", 3.15, 3.14),
    "WSe2": _prismatic("W", "Se", 3.282, 3.36),
    "NbS2": _prismatic("Nb", "S", 3.324, 3.14),
    "NbSe2": _prismatic("Nb", "Se", 3.445, 3.36),
    "TaS2": _prismatic("Ta", "S", 3.314, 3.12),
    "MoS2-1T": _octahedral("Mo", "S", 3.18, 3.17),
    "TaS2-1T": _octahedral("Ta", "S", 3.365, 3.0),
    "TiS2-1T": _octahedral("Ti", "S", 3.407, 2.85),
    "TiSe2-1T": _octahedral("Ti", "Se", 3.54, 3.1),
    "VSe2-1T": _octahedral("V", "Se", 3.356, 3.14),
    "ZrS2-1T": _octahedral("Zr", "S", 3.662, 2.92),
    "HfS2-1T": _octahedral("Hf", "S", 3.63, 2.9),
    "SnS2-1T": _octahedral("Sn", "S", 3.648, 2.96),
    "PtSe2-1T": _octahedral("Pt", "Se", 3.727, 2.54),
    "Ti2C": _sheet(3.058, "Ti C -1.14; C A 0; Ti B 1.14"),
    "V2C": _sheet(2.914, "V C -1.12; C A 0; V B 1.12"),
    "Nb2C": _sheet(3.106, "Nb C -1.25; C A 0; Nb B 1.25"),
    "Mo2C": _sheet(3.034, "Mo C -1.2; C A 0; Mo B 1.2"),
    "Ti3C2": _sheet(3.075, "Ti B -2.38; C C -1.3; Ti A 0; C B 1.3; Ti C 2.38"),
    "Mo2TiC2": _sheet(2.997, "Mo B -2.49; C C -1.27; Ti A 0; C B 1.27; Mo C 2.49"),
}
"""Every structure by its name; lengths in Å, as ASE has them."""
