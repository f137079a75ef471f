"""Reduces each cluster's rows to the q directions that its random effects span.

Within a cluster the mixed model treats only these q directions specially. With Z = Q R
(R upper triangular, q × q) the covariance of the rows is V = I + Z D Zᵀ = I + Q (R D Rᵀ) Qᵀ.
A fit therefore needs only R, the part U = Qᵀ[X y] of the data that lies in these directions, and
the cross-products of the remainder, summed over clusters. The cluster index is the last axis
here, so that each step below is one pass over all clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, IntArray

# A pivot below this share of its column's sum of squares is rounding noise: the cluster has no
# variation left in this direction. The second limit is per row, on columns scaled to size 1.
_NO_PIVOT = 1e-13
_NO_SPREAD = 1e-28


def absorb_row(triangle: FloatArray, row: FloatArray) -> FloatArray:
    """Rotate one more row into every cluster's triangular factor, by Givens rotations.

    Parameters
    ----------
    triangle
        An upper triangular factor, followed by further columns that are rotated along with it,
        shape (q, width, J). It is changed in place.
    row
        The new row, shape (width, J).

    Returns
    -------
    ndarray, shape (width, J)
        The remainder of the row, whose first q entries are 0. The cross-products of the old
        triangle and the row equal those of the new triangle and the remainder.
    """
    for k in range(len(triangle)):
        top = triangle[k]
        length = np.hypot(top[k], row[k])
        if length.all():
            cosine, sine = top[k] / length, row[k] / length
        else:
            empty = length == 0.0
            length[empty] = 1.0
            cosine, sine = np.where(empty, 1.0, top[k] / length), row[k] / length
        triangle[k], row = cosine * top + sine * row, cosine * row - sine * top
    return row


def gram(columns: FloatArray) -> FloatArray:
    """Return Σ UᵀU over clusters, shape (width, width).

    Parameters
    ----------
    columns
        U of every cluster, shape (q, width, J).
    """
    return np.asarray(np.tensordot(columns, columns, axes=([0, 2], [0, 2])))


@dataclass(frozen=True)
class Whitened:
    """The clusters' special directions after multiplication by V^(−1/2).

    With several factors F at once, of shape (..., q, q), the last axis (J,) of every array
    becomes (..., J).

    Attributes
    ----------
    triangle
        C with CᵀC = I + Fᵀ Zᵀ Z F, shape (q, q, J).
    kept, lost
        Matrices with keptᵀ kept = (I + R D Rᵀ)⁻¹ and lostᵀ lost = I − keptᵀ kept, shape
        (q, q, J). For a random intercept they are the square roots of 1 − s and of s, where s
        is the shrinkage factor.
    """

    triangle: FloatArray
    kept: FloatArray
    lost: FloatArray

    @property
    def log_determinants(self) -> FloatArray:
        """Each cluster's log |V|, shape (..., J)."""
        diagonal = np.diagonal(self.triangle, axis1=0, axis2=1)
        return np.asarray(2.0 * np.log(diagonal).sum(axis=-1))


@dataclass(frozen=True)
class ClusterFactors:
    """R and U of all clusters, or of a few representatives of them.

    Attributes
    ----------
    root
        R with RᵀR = ZᵀZ, shape (q, q, J).
    coupled
        U = Qᵀ[X y], shape (q, p + 1, J).
    weights
        How many clusters each entry represents, shape (J,): 1 unless there are representatives.
    """

    root: FloatArray
    coupled: FloatArray
    weights: FloatArray

    def whiten(self, factor: FloatArray) -> Whitened:
        """Find what multiplication by V^(−1/2) does in the special directions.

        Parameters
        ----------
        factor
            F with V = I + Z F Fᵀ Zᵀ, shape (..., q, q).

        Returns
        -------
        Whitened

        Notes
        -----
        The rows of [R F | I] are rotated one by one into [I | 0]. The result is [C | lost], and
        the remainders are [0 | kept]. No difference is ever taken, so nothing cancels where an
        effect's variance is very large.
        """
        q, _, clusters = self.root.shape
        triangle = np.zeros((q, 2 * q, *factor.shape[:-2], clusters))
        triangle[range(q), range(q)] = 1.0
        rows = np.zeros_like(triangle)
        rows[:, :q] = np.einsum("abk,...bc->ac...k", self.root, factor)
        rows[range(q), range(q, 2 * q)] = 1.0
        kept = np.stack([absorb_row(triangle, row)[q:] for row in rows])
        return Whitened(triangle=triangle[:, :q], kept=kept, lost=triangle[:, q:])

    def representatives(self) -> ClusterFactors:
        """Return a few entries that give the same sums as all the clusters.

        Clusters with the same R have the same V, and every sum over them is quadratic in U. The
        stacked rows of their U can therefore be replaced by a triangular factor of them, which
        has at most q (p + 1) rows.
        """
        q, width, clusters = self.coupled.shape
        if clusters <= q * width:
            return self
        keys = np.ascontiguousarray(self.root[np.triu_indices(q)].T)
        _, group, sizes = np.unique(
            keys.view(np.dtype((np.void, keys.itemsize * keys.shape[1]))).ravel(),
            return_inverse=True,
            return_counts=True,
        )
        large = sizes > q * width
        single = ~large[group]
        roots, coupled, weights = (
            [self.root[..., single]],
            [self.coupled[..., single]],
            [self.weights[single]],
        )
        order = np.argsort(group, kind="stable")
        starts = np.cumsum(sizes) - sizes
        for k in np.flatnonzero(large):
            members = order[starts[k] : starts[k] + sizes[k]]
            stacked = self.coupled[..., members].reshape(q * width, -1).T
            few = np.asarray(np.linalg.qr(stacked, mode="r"))
            roots.append(np.repeat(self.root[..., members[:1]], len(few), axis=-1))
            coupled.append(few.T.reshape(q, width, len(few)))
            weights.append(np.full(len(few), self.weights[members].sum() / len(few)))
        return ClusterFactors(
            root=np.concatenate(roots, axis=-1),
            coupled=np.concatenate(coupled, axis=-1),
            weights=np.concatenate(weights),
        )


def factor_clusters(
    counts: IntArray, means: FloatArray, scatter: FloatArray, directions: int
) -> tuple[ClusterFactors, FloatArray]:
    """Split the cross-products of ``[Z X y]`` in every cluster along the columns of Z.

    Parameters
    ----------
    counts
        Rows in each cluster, shape (J,).
    means
        Cluster means of ``[Z X y]``, shape (J, q + p + 1).
    scatter
        Cross-products about the cluster means, shape (J, q + p + 1, q + p + 1).
    directions
        Number q of leading columns that belong to Z.

    Returns
    -------
    tuple of ClusterFactors and ndarray
        The clusters' R and U; and the cross-products of the part of ``[X y]`` outside the
        directions of Z, summed over clusters, shape (p + 1, p + 1).

    Notes
    -----
    The centred cross-products are eliminated first; then the row √n · mean is rotated in. The
    means are never squared, so their size costs no digits.
    """
    q = directions
    rest = np.array(np.moveaxis(scatter, 0, -1))
    triangle = np.zeros((q, *rest.shape[1:]))
    floor = [_NO_PIVOT * rest[k, k] + _NO_SPREAD * counts for k in range(q)]
    for k in range(q):
        pivot = rest[k, k].copy()
        usable = pivot > floor[k]
        safe = np.where(usable, pivot, 1.0)
        # A column equal to this one has a multiplier of exactly 1 and is eliminated exactly.
        multiplier = np.where(usable, rest[k] / safe, 0.0)
        triangle[k] = multiplier * np.sqrt(safe)
        triangle[k, :k] = 0.0
        rest -= multiplier[:, None] * rest[k][None]
    remainder = absorb_row(triangle, np.sqrt(counts) * means.T)[q:]
    outside = rest[q:, q:].sum(axis=-1) + remainder @ remainder.T
    factors = ClusterFactors(
        root=triangle[:, :q], coupled=triangle[:, q:], weights=np.ones(len(counts))
    )
    return factors, outside
