# Sourced by bench/run: one function a line of measures. Each takes its samples in turns, Orrery and yardsticks, so that
# all see the same noise, and then adds rows to the table.

# --- taking samples: each appends to $tmp/samples/NAME, or tells in missing[NAME] why not

# sample NAME ORDER SERVER ARG...: the load client; FILE stands for the samples' file.
sample() {
  local name=$1
  shift
  [ -z "${missing[$name]-}" ] || return 0
  ask "${@/#FILE/$tmp/samples/$name}" || missing[$name]=$answer
}

# spawned NAME YARDSTICK latency|rate CLIENTS MILLIS RUNS COMMAND...: the C loop.
spawned() {
  local name=$1 yardstick=$2
  shift 2
  usable "$name" spawn "$yardstick" || return 0
  "$tmp/spawn" "$@" >>"$tmp/samples/$name" 2>"$tmp/$name.err" || missing[$name]=$(head -n 1 "$tmp/$name.err")
}

# transfer NAME YARDSTICK TIMES COMMAND...: the megabytes a second of a command that prints $mebibytes MiB, so many at a time.
transfer() {
  local name=$1 yardstick=$2 times=$3
  shift 3
  usable "$name" "$yardstick" || return 0
  local begin=$EPOCHREALTIME pids=() i
  for ((i = 0; i < times; i++)); do
    "$@" >/dev/null 2>"$tmp/$name.err" </dev/null &
    pids+=($!)
  done
  for i in "${pids[@]}"; do
    wait "$i" || missing[$name]="failed: $(head -n 1 "$tmp/$name.err")"
  done
  [ -n "${missing[$name]-}" ] || calculate "$times * $mebibytes * 1.048576 / ($EPOCHREALTIME - $begin)" >>"$tmp/samples/$name"
}

# True when nothing is known to be missing; else the first reason becomes that of NAME.
usable() {
  local name=$1 part
  [ -z "${missing[$name]-}" ] || return 1
  shift
  for part in "$@"; do
    if [ -n "${missing[$part]-}" ]; then
      missing[$name]=${missing[$part]}
      return 1
    fi
  done
}

calculate() {
  awk "BEGIN { printf \"%.3f\n\", $1 }"
}

# percentile NAME P DIVISOR: of the samples, or nothing when there are none.
percentile() {
  [ -s "$tmp/samples/$1" ] || return 0
  sort -n "$tmp/samples/$1" | awk -v p="$2" -v divisor="$3" '
    { value[NR] = $1 }
    END {
      rank = p / 100 * NR
      rank = rank > int(rank) ? int(rank) + 1 : int(rank)
      middle = p == 50 && NR % 2 == 0 ? (value[NR / 2] + value[NR / 2 + 1]) / 2 : value[rank < 1 ? 1 : rank]
      printf "%.4f\n", middle / divisor
    }'
}

# row WHAT UNIT AT_WORKER THROUGH_SCHEDULER YARDSTICK ITS_FIGURE [BAR...]; table.awk says what a bar is.
row() {
  local IFS=$'\t'
  printf '%s\n' "${*:1:6}	${*:7}" >>"$tmp/rows"
}

# --- the measures

progress() {
  say "$1, round $2 of $3"
}

# What has run some thousands of times is compiled at last, and servers run for weeks: each is loaded until it gets no faster.
warm_up() {
  [ -z "${warmed-}" ] || return 0
  warmed=yes
  local server
  for server in worker scheduler; do
    load_until_steady "$server"
    ask live "$server" 1 /dev/null dd if=/dev/zero bs=1M "count=$mebibytes" status=none || give_up "$server: $answer"
    forget_output
  done
}

# Two parts in a row without a new best by more than a twentieth.
load_until_steady() {
  local server=$1 part rate best=0 unchanged=0
  for ((part = 1; part <= warm_parts && unchanged < 2; part++)); do
    say "warming up the $server, part $part of $warm_parts at the most"
    : >"$tmp/warm"
    ask rate "$server" 8 "$warm_millis" "$tmp/warm" || give_up "$server: $answer"
    rate=$(tail -n 1 "$tmp/warm")
    printf '%s %s\n' "$server" "$rate" >>"$tmp/samples/warm-up"
    [ "$server $part" != 'worker 1' ] || printf '%s\n' "$rate" >"$tmp/samples/rate-fresh"
    unchanged=$((unchanged + 1))
    if [ "$(calculate "($rate > 1.05 * $best)")" != 0.000 ]; then
      unchanged=0
    fi
    best=$(calculate "($rate > $best ? $rate : $best)")
  done
}

# forget_output [JOB]: what the finished jobs but this one printed takes room, and nobody reads it again. Retention may be faster.
forget_output() {
  find "$tmp/data/worker/jobs" -name stdout -size +1000000c -not -path "*/${1:--}/*" \
    -exec truncate --no-create --size 0 {} + 2>/dev/null || true
}

measure_latency() {
  warm_up
  local round percent
  for ((round = 1; round <= rounds; round++)); do
    progress 'start to exit' "$round" "$rounds"
    sample latency-worker latency worker "$slice" FILE
    spawned latency-spawn spawn latency 1 "$slice" 0 /bin/true
    sample latency-scheduler latency scheduler "$slice" FILE
    spawned latency-ssh ssh latency 1 "$slice" 0 ssh -F "$tmp/ssh/config" warm true
  done
  for percent in 50 99; do
    local bars=()
    [ "$percent" -ne 50 ] || bars=('worker - yardstick <= 2.5' 'scheduler - yardstick <= 4')
    latency_row "$percent" 'posix_spawn loop' latency-spawn "${bars[@]}"
    latency_row "$percent" 'OpenSSH, warm' latency-ssh
  done
}

latency_row() {
  row "start to exit of true, p$1" 'ms ↓' "$(percentile latency-worker "$1" 1000)" "$(percentile latency-scheduler "$1" 1000)" \
    "$2" "$(percentile "$3" "$1" 1000)" "${@:4}"
}

measure_rate() {
  warm_up
  local round clients
  for ((round = 1; round <= rounds; round++)); do
    progress 'jobs a second' "$round" "$rounds"
    for clients in 1 8 32; do
      sample "rate-worker-$clients" rate worker "$clients" "$slice" FILE
      spawned "rate-spawn-$clients" spawn rate "$clients" "$slice" 0 /bin/true
      sample "rate-scheduler-$clients" rate scheduler "$clients" "$slice" FILE
      spawned "rate-ssh-$clients" ssh rate "$clients" "$slice" 0 ssh -F "$tmp/ssh/config" warm true
    done
  done
  for clients in 1 8 32; do
    local spawn_bars=() ssh_bars=()
    if [ "$clients" -eq 32 ]; then
      spawn_bars=('worker / yardstick >= 0.6' 'scheduler / yardstick >= 0.6')
      ssh_bars=('worker / yardstick >= 5' 'scheduler / yardstick >= 5')
    fi
    if [ "$clients" -eq 8 ]; then
      row "jobs a second, 8 clients, servers just started" '1/s ↑' "$(percentile rate-fresh 50 1)" '' \
        'posix_spawn loop' "$(percentile rate-spawn-8 50 1)"
    fi
    rate_row "$clients" 'posix_spawn loop' spawn "${spawn_bars[@]}"
    rate_row "$clients" 'OpenSSH, warm' ssh "${ssh_bars[@]}"
  done
}

rate_row() {
  local s=s
  [ "$1" -ne 1 ] || s=
  row "jobs a second, $1 client$s" '1/s ↑' "$(percentile "rate-worker-$1" 50 1)" "$(percentile "rate-scheduler-$1" 50 1)" \
    "$2" "$(percentile "rate-$3-$1" 50 1)" "${@:4}"
}

zeros() {
  printf 'dd if=/dev/zero bs=1M count=%s status=none' "$mebibytes"
}

# Sets job to a finished one that printed $mebibytes MiB.
finished_job() {
  # shellcheck disable=SC2046 # words
  ask start worker $(zeros) && job=$answer && ask wait worker "$job"
}

measure_bytes() {
  warm_up
  local round job=
  finished_job || missing[bytes-job]=$answer
  for ((round = 1; round <= rounds; round++)); do
    progress 'bytes a second' "$round" "$rounds"
    byte_round
  done
  byte_row 'one reader, finished job' finished 'OpenSSH' ssh 'worker / yardstick >= 2' 'scheduler / yardstick >= 1'
  byte_row 'one reader, finished job' finished 'OpenSSL TLS 1.3' tls 'worker / yardstick >= 0.6'
  byte_row 'one reader, running job' live 'OpenSSH' ssh 'worker / yardstick >= 2' 'scheduler / yardstick >= 1'
  row 'orrery logs, finished job' 'MB/s ↑' '' "$(percentile bytes-cli 50 1)" 'OpenSSH' "$(percentile bytes-ssh 50 1)"
  forget_output
}

# shellcheck disable=SC2046 # the command of zeros is words
byte_round() {
  local server
  for server in worker scheduler; do
    [ -n "${missing[bytes-job]-}" ] || sample "bytes-finished-$server" bytes "$server" 1 FILE "$job"
    transfer bytes-ssh ssh 1 ssh -F "$tmp/ssh/config" warm "$(zeros)"
    sample "bytes-live-$server" live "$server" 1 FILE $(zeros)
    # Or each job would write to memory that the machine has not had before, which a virtual one pays its host for.
    forget_output "$job"
    transfer bytes-tls tls 1 openssl_get file
  done
  [ -n "${missing[bytes-job]-}" ] || transfer bytes-cli cli 1 "$installation/bin/orrery" logs "$job"
}

byte_row() {
  row "$1" 'MB/s ↑' "$(percentile "bytes-$2-worker" 50 1)" "$(percentile "bytes-$2-scheduler" 50 1)" \
    "$3" "$(percentile "bytes-$4" 50 1)" "${@:5}"
}

# shellcheck disable=SC2046 # the command of zeros is words
measure_readers() {
  warm_up
  local mebibytes=$((mebibytes < 64 ? mebibytes : 64)) readers=50 job= round
  finished_job || missing[readers-job]=$answer
  head -c "$((mebibytes << 20))" /dev/zero >"$tmp/home/file"
  for ((round = 1; round <= few_rounds; round++)); do
    progress "$readers readers" "$round" "$few_rounds"
    [ -n "${missing[readers-job]-}" ] || sample readers-worker bytes worker "$readers" FILE "$job"
    transfer readers-ssh ssh "$readers" ssh -F "$tmp/ssh/config" warm "cat $tmp/home/file"
    [ -n "${missing[readers-job]-}" ] || sample readers-scheduler bytes scheduler "$readers" FILE "$job"
    sample readers-live-worker live worker "$readers" FILE $(zeros)
    sample readers-live-scheduler live scheduler "$readers" FILE $(zeros)
  done
  row "$readers readers in total, finished job" 'MB/s ↑' "$(percentile readers-worker 50 1)" \
    "$(percentile readers-scheduler 50 1)" 'OpenSSH' "$(percentile readers-ssh 50 1)" 'worker / yardstick >= 3'
  row "$readers readers in total, running job" 'MB/s ↑' "$(percentile readers-live-worker 50 1)" \
    "$(percentile readers-live-scheduler 50 1)" 'OpenSSH' "$(percentile readers-ssh 50 1)" 'worker / yardstick >= 3'
  forget_output
}

measure_lines() {
  warm_up
  local round stamps percent
  stamps="$tmp/stamp 500 10 $stamped_lines"
  usable lines-worker spawn && usable lines-scheduler spawn || true
  for ((round = 1; round <= few_rounds; round++)); do
    progress 'line latency' "$round" "$few_rounds"
    # shellcheck disable=SC2086 # words
    sample lines-worker lines worker FILE $stamps
    piped lines-ssh ssh ssh -F "$tmp/ssh/config" warm "$stamps"
    # shellcheck disable=SC2086
    sample lines-scheduler lines scheduler FILE $stamps
    # shellcheck disable=SC2086
    piped lines-pipe spawn $stamps
  done
  for percent in 50 99; do
    line_row "$percent" 'OpenSSH, warm' ssh "scheduler <= $((percent == 50 ? 1 : 5))"
    line_row "$percent" 'pipe' pipe
  done
}

line_row() {
  row "a line from job to reader, p$1" 'ms ↓' "$(percentile lines-worker "$1" 1000)" \
    "$(percentile lines-scheduler "$1" 1000)" "$2" "$(percentile "lines-$3" "$1" 1000)" "${@:4}"
}

# piped NAME YARDSTICK COMMAND...: how old the lines of stamp are when they come out of a command.
piped() {
  local name=$1 yardstick=$2
  shift 2
  usable "$name" spawn "$yardstick" || return 0
  "$@" 2>"$tmp/$name.err" </dev/null | "$tmp/lag" >>"$tmp/samples/$name" || missing[$name]="failed: $(head -n 1 "$tmp/$name.err")"
}

measure_cold() {
  local round job= floor
  [ -f "$lib/orrery.aot" ] || note 'the installation has no start-up cache (bin/aot makes it): cold commands are slower'
  ask start scheduler true && job=$answer && ask wait scheduler "$job" || missing[cold-status]=$answer
  # shellcheck disable=SC2206,SC2154 # words; from jdk.sh
  floor=("$java" $client_options -version)
  for ((round = 1; round <= cold_rounds; round++)); do
    [ "$(((round - 1) % 5))" -ne 0 ] || progress 'cold commands' "$round" "$cold_rounds"
    spawned cold-status cli latency 1 60000 1 "$installation/bin/orrery" status "$job"
    spawned cold-ssh ssh latency 1 60000 1 ssh -F "$tmp/ssh/config" cold true
    spawned cold-run cli latency 1 60000 1 "$installation/bin/orrery" run -- true
    spawned cold-java spawn latency 1 60000 1 "${floor[@]}" 2>/dev/null
  done
  cold_row 'orrery status ID, cold' status 'OpenSSH, cold' ssh 'scheduler / yardstick <= 2'
  cold_row 'orrery status ID, cold' status 'java -version' java
  cold_row 'orrery run -- true, cold' run 'OpenSSH, cold' ssh
}

cold_row() {
  row "$1" 'ms ↓' '' "$(percentile "cold-$2" 50 1000)" "$3" "$(percentile "cold-$4" 50 1000)" "${@:5}"
}
