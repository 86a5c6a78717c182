# Sourced by bench/run: the programs that Orrery is measured beside. What is not there is told in missing[NAME].

declare -A missing

# A loop around posix_spawn, and what prints and reads time stamps.
make_programs() {
  if ! command -v cc >/dev/null; then
    missing[spawn]='there is no C compiler (apt-get install gcc libc6-dev)'
    return
  fi
  local program
  for program in spawn stamp lag; do
    if ! cc -O2 -pthread -o "$tmp/$program" "$here/c/$program.c" 2>"$tmp/cc.log"; then
      missing[spawn]="$program.c does not compile: $(head -n 1 "$tmp/cc.log")"
      return
    fi
  done
}

# Sets sshd to the server program; installs it where that starts no service and there is the right to.
find_sshd() {
  sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) && return
  local install='apt-get install -y -qq --no-install-recommends openssh-server openssh-client'
  if [ "$(id -u)" -eq 0 ] && [ ! -d /run/systemd/system ] && command -v apt-get >/dev/null; then
    say 'installing OpenSSH'
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install; } >"$tmp/apt.log" 2>&1 || true
    sshd=$(PATH=$PATH:/usr/sbin command -v sshd) && return
    missing[ssh]="OpenSSH could not be installed: $(tail -n 1 "$tmp/apt.log")"
    return 1
  fi
  missing[ssh]="there is no sshd ($install)"
  return 1
}

# Starts an sshd of our own: own port, own keys, and an account whose shell has no start-up files where we may make one.
start_sshd() {
  find_sshd || return 0
  command -v ssh >/dev/null || {
    missing[ssh]='there is no ssh (apt-get install openssh-client)'
    return
  }
  ssh_user=$(id -un)
  mkdir -p "$tmp/ssh" "$tmp/home"
  if [ "$(id -u)" -eq 0 ]; then
    make_account || return 0
  else
    note 'OpenSSH logs in to your own account: what your shell reads at its start is in its figures'
  fi
  free_port
  write_ssh_files
  "$sshd" -D -f "$tmp/ssh/sshd_config" -E "$tmp/ssh/sshd.log" </dev/null >/dev/null 2>&1 &
  sshd_pid=$!
  own_pids+=("$sshd_pid")
  if ! within 10 ssh -F "$tmp/ssh/config" cold true 2>>"$tmp/ssh/sshd.log"; then
    missing[ssh]="sshd does not let us in: $(tail -n 1 "$tmp/ssh/sshd.log")"
    return
  fi
  # The connection that all 'warm' commands go through.
  ssh -F "$tmp/ssh/config" -M -N warm </dev/null >/dev/null 2>>"$tmp/ssh/sshd.log" &
  own_pids+=($!)
  within 10 ssh -F "$tmp/ssh/config" -O check warm >/dev/null 2>&1 \
    || missing[ssh]="no kept connection: $(tail -n 1 "$tmp/ssh/sshd.log")"
}

# A throw-away account; cleanup removes it.
make_account() {
  local name=orrery-bench-$$
  if ! useradd --no-create-home --home-dir "$tmp/home" --shell /bin/sh --password '*' --system "$name" 2>"$tmp/useradd.log"; then
    missing[ssh]="no account to log in to: $(tail -n 1 "$tmp/useradd.log")"
    return 1
  fi
  ssh_user=$name
  own_account=$name
  chown "$name" "$tmp/home"
  # Where sshd keeps what has no rights is fixed when it is built.
  if [ ! -d /run/sshd ]; then
    mkdir -m 0755 /run/sshd
    own_run_sshd=yes
  fi
}

write_ssh_files() {
  ssh-keygen -q -t ed25519 -N '' -f "$tmp/ssh/host_key"
  ssh-keygen -q -t ed25519 -N '' -f "$tmp/ssh/user_key"
  cp "$tmp/ssh/user_key.pub" "$tmp/ssh/authorized_keys"
  chmod 0711 "$tmp/ssh"
  chmod 0644 "$tmp/ssh/authorized_keys"
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$tmp/ssh/host_key.pub")" >"$tmp/ssh/known_hosts"
  cat >"$tmp/ssh/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $port
HostKey $tmp/ssh/host_key
PidFile $tmp/ssh/sshd.pid
AuthorizedKeysFile $tmp/ssh/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
UseDNS no
MaxSessions 200
MaxStartups 200
LogLevel ERROR
CONFIG
  cat >"$tmp/ssh/config" <<CONFIG
Host *
  HostName 127.0.0.1
  Port $port
  User $ssh_user
  IdentityFile $tmp/ssh/user_key
  IdentitiesOnly yes
  UserKnownHostsFile $tmp/ssh/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  Compression no
  LogLevel ERROR
# The cipher that Orrery's TLS uses too: faster than OpenSSH's own first choice where the processor knows AES.
  Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com
Host warm
  ControlPath $tmp/ssh/control
CONFIG
}

# A TLS 1.3 server that sends a file to whoever asks.
start_openssl() {
  command -v openssl >/dev/null || {
    missing[tls]='there is no openssl (apt-get install openssl)'
    return
  }
  mkdir -p "$tmp/tls"
  head -c "$((mebibytes << 20))" /dev/zero >"$tmp/tls/file"
  free_port
  tls_port=$port
  (cd "$tmp/tls" && exec openssl s_server -accept "127.0.0.1:$tls_port" -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256 \
    -cert "$tmp/certs/scheduler.crt" -key "$tmp/certs/scheduler.key" -WWW -quiet) </dev/null >/dev/null 2>"$tmp/openssl.log" &
  own_pids+=($!)
  within 10 openssl_works || missing[tls]="openssl s_server does not answer: $(tail -n 1 "$tmp/openssl.log")"
}

openssl_works() {
  [ "$(openssl_get file | wc -c)" -ge "$((mebibytes << 20))" ]
}

# Prints what the server has under the name.
openssl_get() {
  # With -quiet it stays until the server closes, whatever the end of its own input.
  printf 'GET /%s HTTP/1.0\r\n\r\n' "$1" \
    | openssl s_client -connect "127.0.0.1:$tls_port" -tls1_3 -CAfile "$tmp/certs/ca.crt" -quiet 2>/dev/null
}

# Repeats a command until it succeeds; false when that takes more than so many seconds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
