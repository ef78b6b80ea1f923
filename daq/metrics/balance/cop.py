"""Forces and moments of a plate to the point where the force acts: four cells, six components, two plates together."""

from __future__ import annotations

import numpy as np

from daq.metrics.effort import Cop, Floats

LEAST_N = 50.0


def four_cell(
    t_s: Floats, cells_n: Floats, *, rate_hz: float, width_m: float, length_m: float, least_n: float = LEAST_N
) -> Cop:
    """Centre of pressure from four cells at the corners of a plate, from the plate's centre.

    Parameters
    ----------
    t_s : (n,) array
        Times, s.
    cells_n : (4, n) array
        Vertical forces of the cells front left, front right, back left, back right, N, positive when pressed.
    rate_hz : float
        Rows a second.
    width_m, length_m : float
        Distance of the cells from left to right and from back to front, m.
    least_n : float
        Below this total force the point is undefined (NaN).

    Returns
    -------
    Cop
        ``ml = (w/2) (F_right - F_left)/F``, ``ap = (l/2) (F_front - F_back)/F``.

    Examples
    --------
    Cells ``(F/4)(1 +- 2x/w)(1 +- 2y/l)`` stand for a force F at (x, y):

    >>> cells = np.array([[(700 / 4) * (1 + i * 2 * 0.02 / 0.4) * (1 + j * 2 * 0.03 / 0.6)] for j in (1, -1) for i in (-1, 1)])
    >>> cop = four_cell(np.zeros(1), cells, rate_hz=100.0, width_m=0.4, length_m=0.6)
    >>> round(float(cop.ml_m[0]), 12), round(float(cop.ap_m[0]), 12)
    (0.02, 0.03)
    """
    forces = np.asarray(cells_n, dtype=np.float64)
    return of_cells(t_s, forces, corners(width_m, length_m), rate_hz=rate_hz, least_n=least_n)


def corners(width_m: float, length_m: float) -> Floats:
    """Places (4, 2) of four cells at the corners: front left, front right, back left, back right; right and forward positive.

    >>> corners(0.4, 0.6).tolist()
    [[-0.2, 0.3], [0.2, 0.3], [-0.2, -0.3], [0.2, -0.3]]
    """
    return 0.5 * np.array([[-width_m, length_m], [width_m, length_m], [-width_m, -length_m], [width_m, -length_m]])


def of_cells(t_s: Floats, forces_n: Floats, places_m: Floats, *, rate_hz: float, least_n: float = LEAST_N) -> Cop:
    """Centre of pressure of cells at any places: ``sum(F_i x_i)/sum(F_i)``; ``forces_n`` (k, n), ``places_m`` (k, 2).

    >>> cop = of_cells(np.zeros(1), np.array([[100.0], [300.0]]), np.array([[-0.1, 0.0], [0.1, 0.2]]), rate_hz=100.0)
    >>> round(float(cop.ml_m[0]), 12), round(float(cop.ap_m[0]), 12)
    (0.05, 0.15)
    """
    total = forces_n.sum(axis=0)
    ml, ap = (_over(places_m[:, axis] @ forces_n, total, least_n=least_n) for axis in (0, 1))
    return Cop(t_s, ml, ap, rate_hz, "cop.four_cell")


def four_cell_u_m(cells_n: Floats, u_cells_n: Floats, *, places_m: Floats) -> tuple[Floats, Floats]:
    """Standard uncertainties of both coordinates from independent cells: ``sqrt(sum (x_i - x)^2 u(F_i)^2)/F``.

    Parameters
    ----------
    cells_n : (k, n) array
        Forces of the cells, N.
    u_cells_n : (k,) array
        Standard uncertainty of each cell, N.
    places_m : (k, 2) array
        Where the cells are, m.

    Returns
    -------
    tuple of two (n,) arrays
        ML and AP, m; NaN without load.

    Examples
    --------
    Four equal forces put the point in the middle, half a width from every cell: ``u = (w/2) sqrt(4) u_F / F``.

    >>> u_ml, u_ap = four_cell_u_m(np.full((4, 1), 175.0), np.full(4, 0.7), places_m=corners(0.4, 0.6))
    >>> round(float(u_ml[0]), 9), round(0.2 * 2 * 0.7 / 700, 9), round(float(u_ap[0]), 9)
    (0.0004, 0.0004, 0.0006)
    """
    total = cells_n.sum(axis=0)
    made = []
    for axis in (0, 1):
        x = places_m[:, axis]
        centre = _over(x @ cells_n, total, least_n=0.0)
        arms = (x[:, None] - centre) * u_cells_n[:, None]
        made.append(_over(np.sqrt((arms * arms).sum(axis=0)), np.abs(total), least_n=0.0))
    return made[0], made[1]


def six_component(
    t_s: Floats,
    wrench: Floats,
    *,
    rate_hz: float,
    depth_m: float = 0.0,
    axes: tuple[str, str] = ("x", "y"),
    least_n: float = LEAST_N,
) -> Cop:
    """Centre of pressure from the forces and moments of a plate whose origin lies ``depth_m`` below its surface.

    Parameters
    ----------
    t_s : (n,) array
        Times, s.
    wrench : (5, n) array
        Fx, Fy, Fz in N and Mx, My in N m, in the plate's own axes.
    rate_hz : float
        Rows a second.
    depth_m : float
        ``z0``, positive where the origin lies below the surface.
    axes : tuple of str
        Which of the plate's axes point to the right and forward: ``x``, ``-x``, ``y``, ``-y``.
    least_n : float
        Below this vertical force the point is undefined (NaN).

    Returns
    -------
    Cop
        ``x = -(My + Fx z0)/Fz``, ``y = (Mx - Fy z0)/Fz``, turned into right and forward. The sign of all five may be
        reversed: plates report the force on the person or on themselves.

    Examples
    --------
    >>> wrench = np.array([[10.0], [-20.0], [500.0], [24.2], [-10.4]])
    >>> cop = six_component(np.zeros(1), wrench, rate_hz=100.0, depth_m=0.04)
    >>> round(float(cop.ml_m[0]), 12), round(float(cop.ap_m[0]), 12)
    (0.02, 0.05)
    """
    fx, fy, fz, mx, my = wrench
    points = {
        "x": _over(-(my + fx * depth_m), fz, least_n=least_n),
        "y": _over(mx - fy * depth_m, fz, least_n=least_n),
    }
    ml, ap = (-points[axis[1:]] if axis.startswith("-") else points[axis] for axis in axes)
    return Cop(t_s, ml, ap, rate_hz, "cop.six_component")


def two_plates(
    left: Cop,
    right: Cop,
    *,
    left_n: Floats,
    right_n: Floats,
    apart_m: float = 0.0,
    least_n: float = LEAST_N,
) -> Cop:
    """Centre of pressure of two plates in a common frame, ``(F_L CoP_L + F_R CoP_R)/(F_L + F_R)``, midway between them.

    Parameters
    ----------
    left, right : Cop
        The point of each plate at the same times; made with ``least_n=0``, so that a foot with little weight still counts.
    left_n, right_n : (n,) array
        Vertical forces, N.
    apart_m : float
        Distance of the two origins from left to right; 0 where both points are in the common frame already.
    least_n : float
        Below this total force the point is undefined (NaN).

    Examples
    --------
    >>> plate = lambda x: Cop(np.zeros(1), np.array([x]), np.array([0.01]), 100.0, "cop.four_cell")
    >>> cop = two_plates(plate(0.02), plate(-0.02), left_n=np.array([300.0]), right_n=np.array([500.0]), apart_m=0.4)
    >>> round(float(cop.ml_m[0]), 6), round((300 * (0.02 - 0.2) + 500 * (-0.02 + 0.2)) / 800, 6), round(float(cop.ap_m[0]), 6)
    (0.045, 0.045, 0.01)
    """
    total = left_n + right_n
    half = 0.5 * apart_m
    ml = _moment(left.ml_m - half, left_n) + _moment(right.ml_m + half, right_n)
    ap = _moment(left.ap_m, left_n) + _moment(right.ap_m, right_n)
    return Cop(left.t_s, _over(ml, total, least_n=least_n), _over(ap, total, least_n=least_n), left.rate_hz, "cop.two_plates")


def _moment(x_m: Floats, force_n: Floats) -> Floats:
    """An empty plate has no point and no moment."""
    return np.asarray(np.where(force_n == 0.0, 0.0, x_m * force_n))


def _over(moment: Floats, force_n: Floats, *, least_n: float) -> Floats:
    """``moment / force`` where the force is there."""
    there = (np.abs(force_n) >= least_n) & (force_n != 0.0)
    made = np.full(force_n.shape, np.nan)
    np.divide(moment, force_n, out=made, where=there)
    return made
