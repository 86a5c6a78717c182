# Prints rows as a table: plain, or with -v markdown=1. A row is, between tabs: what, unit, the figure at the worker, the
# one through the scheduler, the yardstick, its figure, and any number of bars. A bar is "SUBJECT OPERATOR NUMBER", or
# "SUBJECT - yardstick OPERATOR NUMBER", or "SUBJECT / yardstick OPERATOR NUMBER", where SUBJECT is worker or scheduler.

BEGIN {
  FS = "\t"
  put(1, "what", "unit", "at the worker", "through the scheduler", "yardstick", "its figure", \
    "worker / it", "scheduler / it", "bar")
  rows = 1
}

{
  rows++
  bars = ""
  for (i = 7; i <= NF; i++) {
    if ($i != "") {
      bars = bars (bars == "" ? "" : "; ") judge($i, $3, $4, $6)
    }
  }
  put(rows, $1, $2, figure($3), figure($4), $5, $5 == "" ? "" : figure($6), ratio($3, $6), ratio($4, $6), bars)
}

END {
  for (row = 1; row <= rows; row++) {
    print_row(row)
    if (row == 1) {
      print_rule()
    }
  }
}

function put(row, a, b, c, d, e, f, g, h, i) {
  split(a "\t" b "\t" c "\t" d "\t" e "\t" f "\t" g "\t" h "\t" i, cells, "\t")
  for (column = 1; column <= 9; column++) {
    cell[row, column] = cells[column]
    if (letters(cells[column]) > width[column]) {
      width[column] = letters(cells[column])
    }
  }
}

# In characters, also where awk counts bytes: what follows the first byte of a character in UTF-8 does not count.
function letters(text) {
  gsub(/[\200-\277]/, "", text)
  return length(text)
}

function figure(value) {
  if (value == "") {
    return "-"
  }
  return sprintf(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
}

function ratio(value, yardstick) {
  return value == "" || yardstick == "" || yardstick == 0 ? "" : figure(value / yardstick) "x"
}

function judge(bar, worker, scheduler, yardstick, words, count, value, limit, text, unknown) {
  count = split(bar, words, " ")
  value = words[1] == "worker" ? worker : scheduler
  limit = words[count]
  unknown = value == ""
  text = words[1] " "
  if (count == 5) {
    unknown = unknown || yardstick == "" || yardstick == 0
    if (!unknown) {
      value = words[2] == "/" ? value / yardstick : value - yardstick
    }
    text = text (words[2] == "/" ? "" : "- it ")
  }
  text = text (words[count - 1] == "<=" ? "≤ " : "≥ ") limit (count == 5 && words[2] == "/" ? "x" : "")
  if (unknown) {
    return text ": ?"
  }
  return text ": " ((words[count - 1] == "<=" ? value <= limit + 0 : value >= limit + 0) ? "met" : "missed")
}

function print_row(row, column, line) {
  line = markdown ? "|" : ""
  for (column = 1; column <= 9; column++) {
    line = line (markdown ? " " : column == 1 ? "" : "  ") pad(cell[row, column], width[column], right(column)) (markdown ? " |" : "")
  }
  sub(/ +$/, "", line)
  print line
}

function print_rule(column, line) {
  line = markdown ? "|" : ""
  for (column = 1; column <= 9; column++) {
    line = line (markdown ? (right(column) ? "---:" : "---") "|" : (column == 1 ? "" : "  ") repeat("-", width[column]))
  }
  print line
}

function right(column) {
  return column == 3 || column == 4 || column >= 6 && column <= 8
}

function pad(text, wide, toTheRight, space) {
  if (markdown) {
    return text
  }
  space = repeat(" ", wide - letters(text))
  return toTheRight ? space text : text space
}

function repeat(text, times, result) {
  result = ""
  while (times-- > 0) {
    result = result text
  }
  return result
}
