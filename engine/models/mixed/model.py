"""Mixed models with random slopes: the profiled criterion as a function of θ.

The rows of cluster j have covariance σ² V_j, V_j = I + Z_j Λ Λᵀ Z_jᵀ, with one Λ(θ) for all
clusters. Generalised least squares gives β̂(θ) and the residual sum of squares r²(θ). The
criterion is Σ log|V_j| [+ log|A|] + d (1 + log(2π r²/d)) with A = Σ X_jᵀ V_j⁻¹ X_j. All of it is
computed from per-cluster moments of ``[Z X y]``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray, Moments
from engine.display import listed, plural
from engine.models.mixed.clusters import ClusterFactors, Whitened, factor_clusters, gram
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.terms import Pattern, RandomTerms, Term
from engine.models.scaling import RandomScaling, Scaling, scale_random_columns

# Clusters times places evaluated at once when there are many places; this bounds the memory.
_MAX_AT_ONCE = 50_000

# Solving the normal equations a second time recovers the digits that the first solution loses.
_REFINEMENTS = 2

RANDOM_INTERCEPT: tuple[Term, ...] = ((INTERCEPT,),)


@dataclass(frozen=True)
class Solution:
    """Generalised least squares at one F, in scaled coordinates.

    K is the number of the model's `representatives`.

    Attributes
    ----------
    factor
        F, shape (q, q): Λ in the coordinates in which the model is solved.
    whitened
        The special directions of the representatives under this F.
    root
        V^(−1/2) Z in these directions, shape (q, q, K).
    rotated
        V^(−1/2) [X e] in these directions, e = y − X β̂, shape (q, p + 1, K).
    outside
        Cross-products of [X e] outside these directions, shape (p + 1, p + 1).
    shift
        β̂ minus the pooled line, shape (p,).
    half, inverse
        A⁻¹ and a square root of it, half · halfᵀ = A⁻¹, both of shape (p, p).
    residual_sum
        Generalised residual sum of squares r², in squared outcome units.
    log_determinant
        Σ log|V_j|.
    fixed_log_determinant
        log|A|, of the columns in the units of the data.
    """

    factor: FloatArray
    whitened: Whitened
    root: FloatArray
    rotated: FloatArray
    outside: FloatArray
    shift: FloatArray
    half: FloatArray
    inverse: FloatArray
    residual_sum: float
    log_determinant: float
    fixed_log_determinant: float

    def rebased(self, basis: FloatArray) -> Solution:
        """Return the same solution with the random effects in other coordinates, Z B for Z.

        Only ``factor`` and ``root`` change.

        Parameters
        ----------
        basis
            B, invertible, shape (q, q).
        """
        return replace(
            self,
            factor=np.asarray(np.linalg.solve(basis, self.factor)),
            root=np.einsum("abk,bc->ack", self.root, basis),
        )


@dataclass(frozen=True)
class MixedModel:
    """A mixed model on one data set, as a function of θ.

    Attributes
    ----------
    moments
        Moments of the columns of X, of those columns of Z that are not in X, and of y.
    fixed
        Names of the p columns of X, the intercept first if there is one.
    random
        Names of the q columns of Z, term by term, with the intercept first in its term. The
        intercept need not be a column of ``moments``. By default there is a random intercept
        only.
    """

    moments: Moments
    fixed: tuple[str, ...]
    random: tuple[Term, ...] = RANDOM_INTERCEPT

    def __repr__(self) -> str:
        clusters = plural(len(self.moments.counts), "cluster")
        return f"<MixedModel of {listed(self.fixed, len(self.fixed))}: {clusters}>"

    @cached_property
    def terms(self) -> RandomTerms:
        """The random-effect terms, which define the layout of θ."""
        return RandomTerms(self.random)

    @cached_property
    def scaling(self) -> Scaling:
        """The coordinates in which the fixed part is solved."""
        return Scaling(self.moments.select([self.moments.names.index(n) for n in self.fixed]))

    @cached_property
    def random_scaling(self) -> RandomScaling:
        """The coordinates in which the random part is solved."""
        return scale_random_columns(self.moments, self.terms)

    @cached_property
    def _split(self) -> tuple[ClusterFactors, FloatArray]:
        moments, p = self.moments, len(self.fixed)
        kept = [*(moments.names.index(name) for name in self.fixed), len(moments.names)]
        fixed = np.zeros((len(moments.names) + 1, p + 1))
        fixed[kept] = self.scaling.residual_map
        matrix = np.hstack([self.random_scaling.matrix, fixed])
        constant = np.append(self.random_scaling.constant, np.zeros(p + 1))
        return factor_clusters(
            moments.counts,
            moments.means @ matrix + constant,
            matrix.T @ moments.scatter @ matrix,
            len(self.terms.names),
        )

    @property
    def clusters(self) -> ClusterFactors:
        """Every cluster's factors, in scaled coordinates."""
        return self._split[0]

    @property
    def outside(self) -> FloatArray:
        """Cross-products of ``[X r]`` outside the directions of Z, shape (p + 1, p + 1).

        In scaled coordinates: r are the residuals from the pooled line.
        """
        return self._split[1]

    @cached_property
    def least_residual_sum(self) -> float:
        """A lower bound of r² over all F: the residual sum outside the directions of Z."""
        p, outside = len(self.fixed), self.outside
        slopes, *_ = np.linalg.lstsq(outside[:p, :p], outside[:p, p], rcond=1e-12)
        return float(outside[p, p] - outside[:p, p] @ slopes)

    @cached_property
    def representatives(self) -> ClusterFactors:
        """A few entries that represent all the clusters."""
        return self.clusters.representatives()

    def scaled_factor(self, theta: ArrayLike) -> FloatArray:
        """Return F, which is Λ on the scaled columns: lower triangular, F Fᵀ = M Λ(θ) Λ(θ)ᵀ Mᵀ.

        Parameters
        ----------
        theta
            θ in lme4's parametrisation and order, shape (len θ,).

        Returns
        -------
        ndarray, shape (q, q)
        """
        relative = self.terms.pattern.matrix(np.asarray(theta, dtype=np.float64))
        return self.terms.canonical(self.random_scaling.to_scaled @ relative)

    def theta(self, factor: FloatArray) -> FloatArray:
        """Return θ in lme4's parametrisation and order, shape (len θ,).

        Parameters
        ----------
        factor
            F on the scaled columns, block diagonal by term, shape (q, q).
        """
        relative = np.asarray(np.linalg.solve(self.random_scaling.to_scaled, factor))
        return self.terms.pattern.entries(self.terms.canonical(relative))

    @cached_property
    def information(self) -> FloatArray:
        """Mean over clusters of the sum of squares of each scaled column of Z, shape (q,)."""
        clusters = self.representatives
        squares = np.sum(clusters.root**2, axis=0) @ clusters.weights
        return np.asarray(squares / clusters.weights.sum())

    def pivoted(self, factor: FloatArray) -> tuple[FloatArray, Pattern]:
        """Return F with the effects that change V most first, and its free entries.

        Parameters
        ----------
        factor
            F on the scaled columns, block diagonal by term, shape (q, q).

        Returns
        -------
        tuple of ndarray and Pattern
            As `RandomTerms.pivoted` returns them.
        """
        return self.terms.pivoted(factor, np.sqrt(self.information))

    def solve(self, factor: FloatArray) -> Solution:
        """Solve the generalised least squares problem at F.

        Parameters
        ----------
        factor
            F on the scaled columns, shape (q, q).

        Returns
        -------
        Solution

        Raises
        ------
        numpy.linalg.LinAlgError
            A is not positive definite: columns are nearly collinear at this F.

        Notes
        -----
        Residuals are formed before they are squared. Where effects vary a lot, β̂ is far from the
        pooled line, and a difference of squares would have few digits left.
        """
        clusters, p = self.representatives, len(self.fixed)
        whitened = clusters.whiten(factor)
        rotated = np.einsum("abk,bmk->amk", whitened.kept, clusters.coupled)
        outside = self.outside.copy()
        normal = outside[:p, :p] + gram(rotated[:, :p])
        unit = np.sqrt(np.diag(normal))
        triangle = np.linalg.cholesky(normal / np.outer(unit, unit))
        half = (np.linalg.solve(triangle, np.eye(p)) / unit).T
        inverse = half @ half.T
        shift = np.zeros(p)
        # The pooled line is by definition the point F = 0; rounding must not move it.
        for _ in range(_REFINEMENTS if factor.any() else 0):
            score = outside[:p, p] + np.tensordot(rotated[:, :p], rotated[:, p], ([0, 2], [0, 1]))
            step = inverse @ score
            shift += step
            rotated[:, p] -= np.tensordot(rotated[:, :p], step, (1, 0))
            outside[:, p] -= outside[:, :p] @ step
            outside[p] -= step @ outside[:p]
        log_fixed = 2.0 * float(np.sum(np.log(np.diag(triangle)) + np.log(unit)))
        return Solution(
            factor=factor,
            whitened=whitened,
            root=np.einsum("abk,bck->ack", whitened.kept, clusters.root),
            rotated=rotated,
            outside=outside,
            shift=shift,
            half=half,
            inverse=inverse,
            residual_sum=float(outside[p, p] + np.sum(rotated[:, p] ** 2)),
            log_determinant=float(clusters.weights @ whitened.log_determinants),
            fixed_log_determinant=log_fixed + self.scaling.log_determinant,
        )

    def values(self, factors: FloatArray, likelihood: Likelihood) -> FloatArray:
        """Return the criterion at many F at once, shape (...), with fewer digits than `value`.

        Parameters
        ----------
        factors
            The F on the scaled columns, shape (..., q, q).
        likelihood
            REML or maximum likelihood.
        """
        clusters = self.representatives
        flat = factors.reshape(-1, *factors.shape[-2:])
        parts = min(len(flat), -(-len(flat) * len(clusters.weights) // _MAX_AT_ONCE))
        if parts > 1:
            few = [self.values(part, likelihood) for part in np.array_split(flat, parts)]
            return np.concatenate(few).reshape(factors.shape[:-2])
        whitened = clusters.whiten(factors)
        rotated = np.einsum("ab...k,bmk->am...k", whitened.kept, clusters.coupled)
        cross = self.outside + np.einsum("am...k,an...k->...mn", rotated, rotated)
        log_all = np.linalg.slogdet(cross)[1]
        log_fixed = np.linalg.slogdet(cross[..., :-1, :-1])[1]
        return likelihood.criterion(
            whitened.log_determinants @ clusters.weights,
            log_fixed + self.scaling.log_determinant,
            # The difference of logarithms may round to less than the lower bound of r².
            np.maximum(np.exp(log_all - log_fixed), self.least_residual_sum),
            likelihood.degrees(self.moments.rows, len(self.fixed)),
        )

    def value(self, solution: Solution, likelihood: Likelihood) -> float:
        """Return the profiled criterion at a solution.

        Parameters
        ----------
        solution
            The solution at some F, as `solve` returns it.
        likelihood
            REML or maximum likelihood.
        """
        degrees = likelihood.degrees(self.moments.rows, len(self.fixed))
        value = likelihood.criterion(
            solution.log_determinant,
            solution.fixed_log_determinant,
            solution.residual_sum,
            degrees,
        )
        return float(value)

    def criterion(self, theta: ArrayLike, likelihood: Likelihood = Likelihood.REML) -> float:
        """Return the profiled criterion at θ.

        At any θ it equals lme4's "REML criterion at convergence" or, by maximum likelihood, the
        deviance (Bates et al. 2015, eq. 41 and 34).

        Parameters
        ----------
        theta
            θ in lme4's parametrisation and order, shape (len θ,).
        likelihood
            REML or maximum likelihood.
        """
        return self.value(self.solve(self.scaled_factor(theta)), likelihood)
