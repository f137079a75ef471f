# Usage: Rscript rformat.R DIR [SEED [CASES]]   reads NAME.csv in DIR (made by oracle.R) and writes
# DIR/rformat.json: how R formats numbers, names and tables, and what it prints for whole models.
# Numbers are written as C99 hexadecimal, so that nothing is lost on the way. Made with R 4.2.2 and lme4 1.1-31 in a UTF-8 locale.
suppressMessages({library(lme4); library(jsonlite)})
arguments <- commandArgs(TRUE)
set.seed(if (length(arguments) > 1) as.integer(arguments[2]) else 1)
cases <- if (length(arguments) > 2) as.integer(arguments[3]) else 25
many <- function(make) Filter(Negate(is.null), lapply(seq_len(cases), function(k) make()))
number <- function(x) sprintf("%a", as.numeric(x))
hex <- function(x) I(number(x))
rows <- function(m) lapply(seq_len(nrow(m)), function(k) hex(m[k, ]))
lines_of <- function(x) paste0(paste(x, collapse = "\n"), "\n")
# What a console shows: the printed text, and messages where they come.
text <- function(x) lines_of(capture.output(withCallingHandlers(print(x), message = function(m) {
  cat(conditionMessage(m)); invokeRestart("muffleMessage")
}, warning = function(w) invokeRestart("muffleWarning"))))
chance <- function(p) runif(1) < p

# Numbers of widely varied magnitude, some of them short decimals, zero, negative or not finite.
numbers <- function(n, odd = TRUE) {
  x <- rnorm(n) * 10^runif(1, -6, 7) * 10^runif(n, -1, 1)^sample(c(0, 1, 3, 6), 1)
  if (chance(0.3)) x <- signif(x, sample(1:4, 1))
  if (chance(0.15)) x[sample(n, 1)] <- 0
  if (odd && chance(0.1)) x[sample(n, 1)] <- NaN
  if (odd && chance(0.05)) x[sample(n, 1)] <- Inf
  x
}
# Decimals that lie on or beside a rounding tie.
tie <- function() {
  x <- numbers(1, FALSE)
  if (chance(0.5)) round(x, 3) + sample(c(0.5, 0.05, 0.005, 0.0005), 1) else x
}
p_values <- function(n) {
  p <- 10^(-runif(n, 0, sample(c(1, 3, 6, 20, 30), 1)))
  if (chance(0.2)) p[1] <- 0
  if (chance(0.2)) p <- signif(p, 1)
  p[runif(n) < 0.1] <- sample(c(0.001, 0.01, 0.05, 0.1), 1)
  p
}
letter <- c(letters, "a", "e", "i", "o", "u", " ", ".", "_", LETTERS, 0:9, "(", ")", "^")
word <- function(size, from) paste(sample(from, size, TRUE), collapse = "")
alphabet <- function() {
  sample(list(letters, c(letters, LETTERS, ":"), letter, c(letter, "é", "è", "ñ", "ö", "ü")), 1)[[1]]
}
labels <- function(n) {
  x <- if (chance(0.6)) replicate(n, word(sample(20, 1), alphabet())) else
    paste0("cond", sample(c("A", "B", "ition", "long level"), n, TRUE), seq_len(n))
  if (chance(0.3)) c(x, paste(x[1], x, sep = ":")) else x
}

# A formula as text: names short and long, some with blanks or beyond ASCII, brackets.
column <- function() {
  w <- paste0("x", word(sample(24, 1), if (chance(0.9)) c(letters, "_", ".") else c("é", "日")))
  if (chance(0.1)) paste0("`", w, " ", w, "`") else w
}
expression_text <- function(depth = 0) {
  term <- function() {
    if (depth < 2 && chance(0.15)) paste0("(", expression_text(depth + 1), ")")
    else if (chance(0.2)) paste0(column(), ":", column())
    else column()
  }
  Reduce(function(a, b) paste(a, sample(c("+", "+", "-", "*"), 1), b), replicate(sample(6, 1), term()))
}
formula_text <- function() {
  f <- paste(column(), "~", expression_text())
  if (chance(0.5)) f <- paste(f, "+ (1 +", expression_text(1), "|", column(), ")")
  one_line <- deparse(str2lang(f), width.cutoff = 500)
  if (length(one_line) == 1) one_line else formula_text()
}

coefficient_matrix <- function() {
  n <- sample(6, 1)
  estimate <- numbers(n, FALSE)
  error <- abs(numbers(n, FALSE)) * (if (chance(0.3)) 10^runif(1, -6, 0) else 1)
  t <- if (chance(0.5)) estimate / error else numbers(n)
  m <- cbind(estimate, error, t, if (chance(0.3)) 2 * pnorm(-abs(t)) else p_values(n))
  m[is.nan(m[, 3]), 4] <- NaN
  if (chance(0.2)) m[n, ] <- NA
  dimnames(m) <- list(paste0("v", seq_len(n)), c("Estimate", "Std. Error", "t value", "Pr(>|t|)"))
  m
}
matrix_columns <- function(m) lapply(seq_len(ncol(m)), function(k) hex(m[, k]))

template <- VarCorr(lmer(Reaction ~ Days + (Days | Subject), sleepstudy))
random_effects <- function() {
  terms <- sample(1:3, 1)
  v <- structure(lapply(seq_len(terms), function(k) {
    q <- sample(c(1, 1, 2, 3, 7), 1)
    variance <- if (chance(0.1)) rep(0, q) else abs(numbers(q, FALSE))
    r <- cor(matrix(rnorm(9 * q), 9)); r[variance == 0, ] <- r[, variance == 0] <- NaN; diag(r) <- 1
    structure(diag(variance, q), stddev = sqrt(variance), correlation = r,
              dimnames = rep(list(make.unique(replicate(q, word(sample(15, 1), letters)))), 2))
  }), names = make.unique(rep(word(sample(15, 1), letters), terms)))
  attributes(v) <- c(attributes(v), attributes(template)[c("sc", "useSc", "class")])
  for (k in seq_along(v)) attr(v[[k]], "stddev") <- setNames(attr(v[[k]], "stddev"), rownames(v[[k]]))
  attr(v, "sc") <- sqrt(abs(numbers(1, FALSE)))
  v
}
describe_random <- function(v) list(
  groups = I(names(v)), names = unname(lapply(v, function(m) I(rownames(m)))),
  variances = unname(lapply(v, function(m) hex(attr(m, "stddev")^2))),
  correlations = unname(lapply(v, function(m) rows(attr(m, "correlation")))),
  residual_variance = number(attr(v, "sc")^2))

out <- list(
  format_numbers = many(function() {
    x <- numbers(sample(6, 1)); d <- sample(10, 1); n <- sample(c(0, 0, 2, 3), 1)
    list(x = hex(x), digits = d, min_decimals = n, r = I(format(x, digits = d, nsmall = n)))
  }),
  format_general = many(function() {
    x <- numbers(1); d <- sample(7, 1); list(x = number(x), digits = d, r = formatC(x, digits = d))
  }),
  signif = many(function() {
    x <- tie(); d <- sample(8, 1); list(x = number(x), digits = d, r = number(signif(x, d)))
  }),
  round_decimals = many(function() {
    x <- tie(); d <- sample(0:8, 1); list(x = number(x), digits = d, r = number(round(x, d)))
  }),
  zapsmall = many(function() {
    x <- numbers(sample(6, 1), FALSE); d <- sample(8, 1)
    list(x = hex(x), digits = d, r = hex(zapsmall(x, d)))
  }),
  format_pvalues = many(function() {
    x <- p_values(sample(6, 1)); d <- sample(7, 1)
    list(x = hex(x), digits = d, r = I(format.pval(x, digits = d)))
  }),
  print_named = many(function() {
    x <- numbers(sample(12, 1)); d <- sample(3:6, 1)
    names(x) <- replicate(length(x), word(sample(12, 1), c(letters, "é", "日")))
    list(x = hex(x), names = I(names(x)), digits = d, 
         r = lines_of(capture.output(print(x, digits = d))))
  }),
  print_table = many(function() {
    size <- c(sample(3, 1), sample(3:12, 1)); right <- chance(0.5)
    cell <- function() word(sample(0:9, 1), c(letters, "é", "日", "😀"))
    m <- matrix(replicate(prod(size), cell()), size[1], dimnames = list(
      replicate(size[1], word(sample(0:60, 1), letters)), replicate(size[2], cell())))
    list(row_names = I(rownames(m)), headers = I(colnames(m)), flush_right = right,
         columns = lapply(seq_len(ncol(m)), function(k) I(unname(m[, k]))),
         r = lines_of(capture.output(print(m, quote = FALSE, right = right))))
  }),
  abbreviate = many(function() {
    x <- labels(sample(8, 1)); k <- sample(c(3, 6, 6, 11, 11), 1)
    list(names = I(x), min_length = k, r = I(suppressWarnings(abbreviate(x, k, named = FALSE))))
  }),
  print_coefmat = many(function() {
    m <- coefficient_matrix(); d <- sample(3:6, 1)
    printed <- function(...) lines_of(capture.output(printCoefmat(..., digits = d)))
    list(columns = matrix_columns(m), names = I(rownames(m)), digits = d, with_p = printed(m),
         without_p = printed(m[, 1:3, drop = FALSE]))
  }),
  print_variances = many(function() {
    v <- random_effects(); d <- sample(3:6, 1)
    table <- capture.output(print(formatVC(v, digits = d, comp = c("Variance", "Std.Dev.")),
                                  quote = FALSE))
    c(describe_random(v), list(digits = d, r = lines_of(table)))
  }),
  deparse = many(function() {
    f <- formula_text(); lines <- deparse(str2lang(f))
    call <- sprintf("lm(formula = %s, data = %s)", f, column())
    filled <- capture.output(cat("Formula:", lines, fill = TRUE))
    list(formula = f, lines = I(lines), filled = lines_of(filled),
         call = call, call_lines = I(deparse(str2lang(call))))
  })
)

# Whole models on small random data: every branch of the two printouts.
fixed_table <- function(names, m) list(names = I(names), columns = matrix_columns(m))
lm_case <- function(formula, d) {
  s <- summary(eval(substitute(lm(f, d), list(f = formula))))
  m <- matrix(NA, length(s$aliased), 4); m[!s$aliased, ] <- s$coefficients
  few <- s$df[2] <= 5; f <- s$fstatistic; residuals <- s$residuals
  list(formula = deparse(formula, 500), residuals = hex(if (few) residuals else quantile(residuals)),
       row_names = I(if (few) names(residuals) else character()),
       coefficients = fixed_table(names(s$aliased), m), sigma = number(s$sigma), residual_df = s$df[2],
       r_squared = number(s$r.squared), adjusted_r_squared = number(s$adj.r.squared),
       f = if (is.null(f)) NULL else list(value = number(f[1]), df1 = f[[2]], df2 = f[[3]],
         p_value = number(pf(f[1], f[2], f[3], lower.tail = FALSE))),
       dropped_rows = length(s$na.action), r = text(s))
}
lmer_case <- function(formula, d, ...) {
  fit <- suppressWarnings(suppressMessages(
    eval(substitute(lmer(f, d, ...), list(f = formula)))))
  s <- summary(fit); printed <- text(s)
  # lme4's optimiser is no part of how a fit is printed
  if (any(grepl("failed to converge|very different|nearly unident", printed))) return(NULL)
  m <- s$coefficients
  c(list(formula = deparse(fit@call$formula, 500), ml = !isREML(fit), criterion = hex(s$AICtab),
         scaled_residuals = hex(quantile(s$residuals)), group = names(s$ngrps)[1],
         levels = s$ngrps[[1]], rows = nobs(fit), fixed = fixed_table(rownames(m), m),
         fixed_correlation = rows(as.matrix(cov2cor(vcov(fit)))),
         dropped_columns = length(attr(fit@pp$X, "col.dropped")), singular = isSingular(fit),
         r = printed),
    describe_random(s$varcor))
}
names_of <- list(letters[1:3], c("age", "treatment_dose", "Größe.cm"), c("年齢", "x y", "I"),
                 c("a_predictor_with_a_long_name", "another_long_predictor", "x3"))
sample_data <- function() {
  clusters <- sample(5:12, 1); n <- clusters * 6; x <- sample(names_of, 1)[[1]]
  d <- setNames(data.frame(matrix(rnorm(3 * n), n)), x)
  d[[2]] <- d[[2]] * 10^sample(-2:2, 1)
  d$group <- factor(rep(seq_len(clusters), 6))
  d$Kind <- sample(c("A", "B level", "C"), n, TRUE)
  b <- rnorm(clusters) * sample(c(0, 0.5, 2), 1); slope <- rnorm(clusters) * sample(c(0, 1), 1)
  d$outcome <- (sample(c(3, 30), 1) + d[[1]] * (1 + slope[d$group]) + b[d$group] + rnorm(n)) * 10^sample(-4:5, 1)
  d
}
sample_terms <- function(d) {
  x <- paste0("`", names(d)[1:3], "`")
  x <- ifelse(make.names(names(d)[1:3]) == names(d)[1:3], names(d)[1:3], x)
  list(x = x, fixed = sample(list("1", x[1], x[1:2], c(x, "Kind"), paste0(x[1], " * Kind"),
                                  c("0", x[2]), c(x[1], "twice")), 1)[[1]])
}
out$lm_printout <- many(function() {
  d <- sample_data(); terms <- sample_terms(d); d$twice <- 2 * d[[1]]
  if (chance(0.2)) d[sample(nrow(d), sample(3, 1)), 1] <- NA
  if (chance(0.2)) d <- d[seq_len(4 + length(terms$fixed)), ]
  if (any(grepl("Kind", terms$fixed)) && length(unique(d$Kind)) < 2) return(NULL)
  f <- as.formula(paste("outcome ~", paste(terms$fixed, collapse = " + ")))
  s <- summary(lm(f, d))
  if (s$df[2] < 1 || s$sigma < 1e-9 * abs(mean(d$outcome))) NULL else lm_case(f, d)
})
out$lmer_printout <- many(function() {
  d <- sample_data(); terms <- sample_terms(d); d$twice <- 2 * d[[1]]
  if (chance(0.1)) {
    d[paste0("x", 1:12)] <- rnorm(12 * nrow(d)); terms$fixed <- paste0("x", 1:12)
  }
  random <- sample(c("(1 | group)", sprintf(c("(1 + %s | group)", "(%s || group)", "(0 + %s | group)"),
                                            terms$x[1])), 1)
  f <- as.formula(paste("outcome ~", paste(c(terms$fixed, random), collapse = " + ")))
  lmer_case(f, d, REML = chance(0.7))
})
# NAME.lmer.txt of the models with slopes comes from lme4's default control, which stops earlier
# than the fit behind NAME.json: the numbers that were printed.
default_fit <- function(name, formula) {
  d <- read.csv(file.path(arguments[1], paste0(name, ".csv"))); d$Subject <- factor(d$Subject)
  lmer_case(formula, d)
}
out$default_fits <- list(
  sleepstudy_slopes = default_fit("sleepstudy_slopes", Reaction ~ Days + (1 + Days | Subject)),
  orthodont_slopes = default_fit("orthodont_slopes", distance ~ age + (1 + age | Subject)))
write_json(out, file.path(arguments[1], "rformat.json"), digits = NA, auto_unbox = TRUE,
           null = "null")
