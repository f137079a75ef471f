# Usage: Rscript oracle.R   writes rows.csv and design.json into the current folder.
#
# rows.csv: a small data set. design.json: for every formula what R's terms() and model.matrix()
# make of it on that data set, and how sort() orders awkward labels in an English locale.
# Numbers are multiples of 1/4, so that their products are exact in 15 printed digits.
suppressMessages(library(jsonlite))
icuSetCollate(locale = "en_US")

rows <- data.frame(
  y = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8),
  x = c(0.25, 1.5, -2, 3, 0.75, -1.25, 2.5, 4, -0.5, 1, 1.75, -3),
  z = c(2, -1, 0.5, 1.25, -2.5, 3, 0, 1, -0.75, 2.25, 4, 1.5),
  f = c("low", "high", "Mid", "low", "high", "Mid", "low", "high", "Mid", "high", "low", "low"),
  g = c("b", "b", "a", "a", "b", "a", "a", "b", "b", "a", "b", "a"),
  h = c("v", "u", "u", "w", "w", "v", "u", "v", "w", "u", "v", "w"),
  flag = c(TRUE, FALSE, FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE),
  unit = rep(1:4, 3)
)
rows[["my var"]] <- rows$z + 1
rows[["odd+group"]] <- rows$g
rows[["tick`back\\slash"]] <- rows$x - 1
write.csv(rows, "rows.csv", row.names = FALSE, quote = TRUE)

formulas <- c(
  "y ~ 1",
  "y ~ x",
  "y ~ 0 + x",
  "y ~ f",
  "y ~ 0 + f",
  "y ~ f - 1 + g",
  "y ~ x + f + 0",
  "y ~ flag",
  "y ~ 0 + flag + f",
  "y ~ x * f",
  "y ~ f * x - x",
  "y ~ x:f",
  "y ~ 0 + x:f",
  "y ~ f + x:f",
  "y ~ x + x:f",
  "y ~ f:g",
  "y ~ 0 + f:g",
  "y ~ f * g",
  "y ~ 0 + f * g",
  "y ~ g + f:g",
  "y ~ g:f + f",
  "y ~ 0 + x + f:g + g",
  "y ~ f * g * x",
  "y ~ f * g * h - f:g:h",
  "y ~ x * z * f - x:z",
  "y ~ x:z:g + f:x",
  "y ~ (f + x):(g + z)",
  "y ~ (f + g + x) * z - f",
  "y ~ x + z - x + x",
  "y ~ -1 + g:f:flag",
  "y ~ `my var` * `odd+group`",
  "y ~ 0 + `odd+group`:`my var` + `x`",
  "y ~ `tick\\`back\\\\slash` + x:`tick\\`back\\\\slash`"
)
one <- function(text) {
  formula <- as.formula(text)
  matrix <- model.matrix(formula, model.frame(formula, rows, drop.unused.levels = TRUE))
  list(
    formula = text,
    text = paste(deparse(formula, width.cutoff = 500), collapse = ""),
    terms = I(attr(terms(formula), "term.labels")),
    intercept = attr(terms(formula), "intercept") == 1,
    names = I(colnames(matrix)),
    matrix = unname(matrix)
  )
}
labels <- c(
  "unstim", "stim", "a", "A", "b", "B", "ab", "aB", "Ab", "AB", "abc", "a b", "a_b", "a-b",
  "a.b", "a'b", "a1", "a10", "a2", "1", "10", "9", "1a", "-1", "cote", "Cote", "cot\u00e9",
  "c\u00f4te", "c\u00f4t\u00e9", "\u00e9", "e", "E", "\u00c9", "ea", "\u00e9a", "zebra", "Zebra",
  "\u00e9lan", "stra\u00dfe", "strasse", "strast", "_x", "(low)", "<5", "5+", "#2", "\u03b1", "\U0001f600"
)
result <- list(
  r = R.version.string,
  designs = lapply(formulas, one),
  sorted = sort(labels)
)
write_json(result, "design.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
