# Usage: Rscript puzzles.R   writes puzzles.json: what R prints for each famous puzzle on its rows.
#
# "lmm" is lmer as it comes. Where REML's criterion has two valleys, "deep" is lmer started beyond
# the hill between them.
suppressMessages({library(lme4); library(jsonlite)})

coefficients_of <- function(fit) {
  table <- summary(fit)$coefficients
  rows <- lapply(rownames(table), function(name)
    list(estimate = table[name, 1], se = table[name, 2], t = table[name, 3]))
  setNames(rows, rownames(table))
}

puzzle <- function(file, formula, start = NULL) {
  text <- formula
  rows <- read.csv(file.path("..", "..", "data", paste0(file, ".csv")))
  formula <- as.formula(formula)
  bar <- findbars(formula)[[1]]
  rows[[deparse(bar[[3]])]] <- factor(rows[[deparse(bar[[3]])]])
  mixed <- lmer(formula, rows)
  found <- list(
    formula = text,
    ols = list(coef = coefficients_of(lm(nobars(formula), rows))),
    lmm = list(coef = coefficients_of(mixed), theta = getME(mixed, "theta")[[1]],
               criterion = REMLcrit(mixed))
  )
  if (!is.null(start)) {
    deep <- lmer(formula, rows, start = start)
    found$deep <- list(coef = coefficients_of(deep), theta = getME(deep, "theta")[[1]],
                       criterion = REMLcrit(deep))
  }
  found
}

found <- list(
  puzzle_33995_even = puzzle("puzzle_33995_even", "y ~ x + (1 | m)"),
  puzzle_33995_uneven = puzzle("puzzle_33995_uneven", "y ~ x + (1 | m)"),
  puzzle_161703 = puzzle("puzzle_161703", "Y ~ X + (1 | ID)"),
  puzzle_random_vs_fixed = puzzle("puzzle_random_vs_fixed", "y ~ x + (1 | f)", start = 40),
  mpg = puzzle("mpg", "hwy ~ displ + year + (1 | class)"),
  high_school_and_beyond = puzzle("high_school_and_beyond", "math ~ ses + (1 | school)"),
  puzzle_86032 = puzzle("puzzle_86032", "y ~ x + (1 | z)"),
  puzzle_public_capital = puzzle("puzzle_public_capital",
    "log_gsp ~ log_pcap + log_pc + log_emp + unemp + (1 | state)"),
  puzzle_gasoline = puzzle("puzzle_gasoline",
    "lgaspcar ~ lincomep + lrpmg + lcarpcap + (1 | country)"),
  puzzle_split_plot = puzzle("puzzle_split_plot", "y ~ a + b + (1 | s)"),
  puzzle_zero_variance = puzzle("puzzle_zero_variance", "y ~ 1 + (1 | subject)")
)
write_json(found, "puzzles.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
