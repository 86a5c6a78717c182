# Sourced by bench/run: what the servers take while nothing happens, and what a job adds that only sleeps.

# Resident set of all the processes together, in MiB: what ps shows, shared pages and all.
resident() {
  local files=() pid
  for pid in "$@"; do
    files+=("/proc/$pid/status")
  done
  awk '/^VmRSS:/ { sum += $2 } END { printf "%.1f\n", sum / 1024 }' "${files[@]}"
}

# Proportional set of all the processes together, in KiB: each shared page counted once among those who share it. Nothing
# when the kernel does not let us look.
proportional() {
  local files=() pid
  for pid in "$@"; do
    files+=("/proc/$pid/smaps_rollup")
  done
  cat "${files[@]}" 2>/dev/null | awk '/^Pss:/ { sum += $2; found++ } END { if (found == '"$#"') print sum }'
}

measure_memory() {
  local few many pair='' one
  say 'memory'
  sleep "$settle_seconds"
  row 'idle, resident' 'MiB ↓' "$(resident "$worker_pid" "$runner_pid")" "$(resident "$scheduler_pid")" '' '' 'worker <= 150'
  sleep_many 1 || return 0
  few=("$(proportional "$worker_pid" "$runner_pid")" "$(proportional "$scheduler_pid")")
  sleep_many "$((sleepers - 1))" || return 0
  many=("$(proportional "$worker_pid" "$runner_pid")" "$(proportional "$scheduler_pid")")
  # shellcheck disable=SC2086 # ids
  ask kill worker $sleeping || note "the sleeping jobs: $answer"
  ssh_pair
  memory_row '1 sleeping job, proportional' "${few[@]}" 1 "$pair"
  memory_row "$sleepers sleeping jobs, proportional" "${many[@]}" "$sleepers" "$pair"
  if [ -n "${many[0]}" ]; then
    one=("$(calculate "(${many[0]} - ${few[0]}) / ($sleepers - 1)")" "$(calculate "(${many[1]} - ${few[1]}) / ($sleepers - 1)")")
    row 'each sleeping job more' 'KiB ↓' "${one[@]}" 'ssh + sshd' "$pair" 'worker <= 100'
  fi
}

# What followers take at the worker that asked for output and then read none of it: as many as may be on few connections,
# so that what waits for them is on the server's side.
measure_stalled() {
  warm_up
  local job='' before after followers=200 connections=2
  say "$followers followers that take nothing"
  finished_job || {
    missing[stalled]=$answer
    return 0
  }
  sleep "$settle_seconds"
  before=$(proportional "$worker_pid" "$runner_pid")
  ask stall worker "$followers" "$connections" "$job" || {
    missing[stalled]=$answer
    return 0
  }
  sleep "$settle_seconds"
  after=$(proportional "$worker_pid" "$runner_pid")
  ask release worker || note "the stalled followers: $answer"
  [ -z "$before" ] || row "each of $followers stalled followers" 'KiB ↓' "$(calculate "($after - $before) / $followers")" '' '' '' \
    'worker <= 200'
  forget_output
}

# What a job costs the worker that prints a line each 10 ms while nobody follows it, once the servers have been up for a while: in
# their first minute the compilers work on whatever has run so far.
measure_unfollowed() {
  local seconds=$((stamped_lines / 50)) idle printing lines
  usable unfollowed spawn || return 0
  say 'a job that prints, and nobody follows'
  sleep "$settle_seconds"
  lines=$(((2 * seconds + run_in_seconds) * 100))
  ask start worker "$tmp/stamp" 0 10 "$lines" || {
    missing[unfollowed]=$answer
    return 0
  }
  sleep "$run_in_seconds"
  printing=($(wakeups_of "$seconds"))
  ask kill worker "$answer" || note "the job that nobody follows: $answer"
  sleep "$settle_seconds"
  idle=($(wakeups_of "$seconds"))
  row 'a job that prints each 10 ms and that nobody follows: wake-ups a second more' '1/s ↓' \
    "$(calculate "(${printing[0]} - ${idle[0]}) / $seconds")" '' '' '' 'worker <= 20'
  row "the same, of the compilers' threads" '1/s ↓' "$(calculate "(${printing[1]} - ${idle[1]}) / $seconds")"
  row "the same, of the tail's thread" '1/s ↓' "$(calculate "(${printing[2]} - ${idle[2]}) / $seconds")"
  row 'the same, CPU time a second more' 'ms ↓' "$(calculate "(${printing[3]} - ${idle[3]}) / $seconds")"
}

# How often threads of worker and runner went to sleep of themselves in so many seconds: all, the compilers', the tail's. Then
# the CPU milliseconds of all.
wakeups_of() {
  local before after cpu
  before=($(sleeps))
  cpu=$(($(cpu_millis "$worker_pid") + $(cpu_millis "$runner_pid")))
  sleep "$1"
  after=($(sleeps))
  printf '%s %s %s %s\n' "$((after[0] - before[0]))" "$((after[1] - before[1]))" "$((after[2] - before[2]))" \
    "$(($(cpu_millis "$worker_pid") + $(cpu_millis "$runner_pid") - cpu))"
}

sleeps() {
  cat "/proc/$worker_pid/task"/*/status "/proc/$runner_pid/task"/*/status 2>/dev/null | awk '
    /^Name:/ { name = $0 }
    /^voluntary_ctxt_switches/ { all += $2; compilers += name ~ /CompilerThre/ ? $2 : 0; tail += name ~ /orrery-tail/ ? $2 : 0 }
    END { print all + 0, compilers + 0, tail + 0 }'
}

# The CPU time that a process has used, in milliseconds.
cpu_millis() {
  awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hertz }' "/proc/$1/stat"
}

# Starts so many more jobs; their own processes are not counted, as those of OpenSSH are not.
sleep_many() {
  local i
  for ((i = 0; i < $1; i++)); do
    ask start scheduler sleep 3600 || {
      missing[memory]=$answer
      return 1
    }
    sleeping="${sleeping-} $answer"
  done
  sleep "$settle_seconds"
}

memory_row() {
  local yardstick=''
  [ -z "$5" ] || yardstick=$(calculate "$4 * $5 / 1024")
  row "$1" 'MiB ↓' "${2:+$(calculate "$2 / 1024")}" "${3:+$(calculate "$3 / 1024")}" "$4 x ssh + sshd" "$yardstick"
}

# Sets pair to the KiB that one more ssh session takes on both ends, without what it runs.
ssh_pair() {
  usable memory-ssh ssh || return 0
  local sessions=8 before after clients=() i hold
  mkfifo "$tmp/quiet"
  exec {hold}<>"$tmp/quiet"
  for ((i = 0; i <= sessions; i++)); do
    # Reads from what never comes, so that it ends with the connection.
    ssh -F "$tmp/ssh/config" cold cat <&"$hold" >/dev/null 2>&1 &
    clients+=($!)
    own_pids+=($!)
    [ "$i" -ne 0 ] || before=$(sessions_memory 1)
  done
  after=$(sessions_memory "$((sessions + 1))")
  exec {hold}>&-
  kill "${clients[@]}" 2>/dev/null || true
  wait "${clients[@]}" 2>/dev/null || true
  if [ -n "$before" ] && [ -n "$after" ]; then
    pair=$(calculate "($after - $before) / $sessions")
  else
    missing[memory-ssh]='the kernel does not show the memory of sshd to this account'
  fi
}

# The KiB of all clients and of the server, when so many sessions run what they were told to.
sessions_memory() {
  within 30 sessions_run "$1" || return 0
  sleep "$settle_seconds"
  # shellcheck disable=SC2046 # pids
  proportional "${clients[@]}" $(servers_of "$sshd_pid")
}

sessions_run() {
  [ "$(descendants "$sshd_pid" | grep -c ' cat$')" -ge "$1" ]
}

servers_of() {
  descendants "$1" | awk '$2 ~ /^sshd/ { print $1 }'
}

# The process and all below it, "PID NAME" a line.
descendants() {
  local child
  printf '%s %s\n' "$1" "$(cat "/proc/$1/comm" 2>/dev/null)"
  for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do
    descendants "$child"
  done
}
