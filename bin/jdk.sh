# Sourced by the start scripts, with $root the installation or the source tree: finds a JDK and the libraries.
# Everything here avoids starting programs: each would cost a command two milliseconds.

# File names, arguments and texts are UTF-8 whatever the locale: the JDK takes the character set of names from it, and has no
# option for that. Jobs get the caller's LC_ALL back from ORRERY_LC_ALL.
export ORRERY_LC_ALL="${ORRERY_LC_ALL-${LC_ALL-}}" LC_ALL=C.UTF-8

say() {
  printf '%s: %s\n' "$program" "$1" >&2
}

fail() {
  say "$1"
  exit "$failure"
}

# Sets major to the version of the JDK in directory $1, from its release file; 0 when that is no JDK.
read_major() {
  major=0
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r line; do
    case $line in
      'JAVA_VERSION="'*)
        line=${line#*\"}
        major=${line%%[!0-9]*}
        return 0
        ;;
    esac
  done <"$1/release"
}

# Sets java when directory $1 holds a JDK that is new enough.
try_jdk() {
  read_major "$1"
  [ "${major:-0}" -ge 25 ] || return 1
  java=$1/bin/java
}

# Tries the JDK of the first java on the PATH; sets found to its version for the message below.
try_path() {
  command=$(command -v java) || return 1
  if [ -L "$command" ]; then
    command=$(readlink -f -- "$command") || return 1
  fi
  if try_jdk "${command%/bin/java}"; then
    return 0
  fi
  found="; the java on the PATH is version $major"
  return 1
}

try_places() {
  for home in /usr/lib/jvm/* /opt/* /opt/java/* "${HOME-}"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if try_jdk "$home"; then
      return 0
    fi
  done
  return 1
}

# Sets java to the java command of a JDK 25 or newer, or ends with a message that says how to get one.
find_java() {
  found=
  if [ -n "${ORRERY_JAVA-}" ]; then
    java=$ORRERY_JAVA
    [ -d "$java" ] && java=$java/bin/java
    [ -x "$java" ] || fail "ORRERY_JAVA names $ORRERY_JAVA, which is no java command"
    return 0
  fi
  if [ -n "${JAVA_HOME-}" ] && try_jdk "$JAVA_HOME"; then
    return 0
  fi
  # The one that made the start-up cache, which fits no other.
  if [ -r "${lib-}/orrery.jdk" ] && IFS= read -r home <"$lib/orrery.jdk" && try_jdk "$home"; then
    return 0
  fi
  if try_path || try_places; then
    return 0
  fi
  say "Java 25 or newer is needed, and there is none in JAVA_HOME, on the PATH, in /usr/lib/jvm, /opt or ~/.sdkman$found"
  fail "install one (apt-get install openjdk-25-jdk-headless, sdk install java 25-tem, or https://adoptium.net), or set ORRERY_JAVA to its java command"
}

# Sets lib to the directory of the jars; false when there is none yet.
find_lib() {
  for lib in "$root/lib" "$root"/target/orrery-*/lib; do
    if [ -f "$lib/orrery.jar" ]; then
      return 0
    fi
  done
  lib=
  return 1
}

# Ends with what to do when there are no jars.
not_built() {
  if [ -f "$root/pom.xml" ]; then
    fail "not built yet: run 'mvn -q -B -DskipTests package' in $root, or 'bin/orrery demo', which does that first"
  fi
  fail "$root/lib/orrery.jar is missing: this installation is not complete, unpack it again"
}

# What every process of ours needs: native libraries (TLS, posix_spawn), and no warning about what Netty does.
common_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

# A short-lived command costs what it loads: no parallel collector, no second compiler, no logging framework.
stream_options="$common_options -XX:+UseSerialGC -XX:-UsePerfData -Xmx256m"
client_options="$stream_options -Xms8m -XX:TieredStopAtLevel=1"
# What may pass gigabytes on: only the second compiler uses the processor's AES instructions.
stream_options="$stream_options -Xmn32m"

# Names are resolved as the host does it (/etc/hosts, nsswitch): Netty's own DNS client would also keep a UDP port open
# on every address.
# A bounded heap that gives memory back, all at once when a quiet server collects (SpareHeap): streams make much garbage and
# keep little. What the compilers took at the start goes back too.
server_options="$common_options -XX:+UseSerialGC -Xms16m -Xmx1g -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:-ShrinkHeapInSteps -XX:TrimNativeHeapInterval=5000 -XX:+ExitOnOutOfMemoryError -Dvertx.disableWebsockets=true -Dvertx.disableDnsResolver=true"

# A scheduler keeps most of what it makes: what waits, and who is there. A young generation that grows with the heap would
# keep a third of it, and one of a few megabytes, as it is at first, would be collected hundreds of times while a queue loads.
scheduler_options="-Xms48m -Xmn32m"

# What Hazelcast asks for on a modern JDK.
cluster_options="--add-modules java.se
  --add-exports java.base/jdk.internal.ref=ALL-UNNAMED
  --add-opens java.base/java.lang=ALL-UNNAMED
  --add-opens java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens java.management/sun.management=ALL-UNNAMED
  --add-opens jdk.management/com.sun.management.internal=ALL-UNNAMED"

# Sets cache to the start-up cache NAME, or to nothing where there is none that this java has made of this jar, or the caller
# has plans of their own. JDK 25 itself does not notice another jar: that is what the second name of the jar is for.
find_cache() {
  cache=
  case ${ORRERY_JAVA_OPTS-} in
    *-XX:AOT* | *-XX:SharedArchiveFile* | *-Xshare*) return 0 ;;
  esac
  if [ -f "$lib/$1.aot" ] && [ "$lib/orrery.jar" -ef "$lib/orrery.aot.jar" ] && [ ! "$lib/orrery.jar" -nt "$lib/$1.aot" ] \
    && IFS= read -r home <"$lib/orrery.jdk" && [ "$java" -ef "$home/bin/java" ]; then
    cache=$lib/$1.aot
  fi
}

# What a server's cache needs: not to be moved to another address at each start, which would make all of its 70 MB private
# memory, and no word about what in it does not fit this processor.
cache_options="-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -Xlog:aot*=off -Xlog:cds*=off"

# Adds to server_options what the arguments ask for, and sets cache and class_path.
choose_server_options() {
  # A format that is not there would log nothing at all.
  case ${ORRERY_LOG_FORMAT-text} in
    text | json) ;;
    *) fail "ORRERY_LOG_FORMAT must be \"text\" or \"json\", not \"$ORRERY_LOG_FORMAT\"" ;;
  esac
  server=
  own_files=
  for argument in "$@"; do
    case $argument in
      -cluster | --cluster)
        server_options="$server_options $cluster_options"
        own_files=yes
        ;;
      scheduler | *SchedulerVerticle)
        server_options="$server_options $scheduler_options"
        server=scheduler
        ;;
      worker | *WorkerVerticle) server=${server:-worker} ;;
    esac
  done
  [ ! -f "$ORRERY_HOME/conf/logback.xml" ] || own_files=yes
  cache=
  class_path=$lib/orrery.jar
  if [ -n "$own_files" ]; then
    # First, so that conf/cluster.xml and conf/logback.xml are what is found; a cache fits no class path that begins so.
    class_path=$ORRERY_HOME/conf:$class_path
  else
    [ ! -d "$ORRERY_HOME/conf" ] || class_path=$class_path:$ORRERY_HOME/conf
    [ -z "$server" ] || find_cache "$server"
  fi
  [ -z "$cache" ] || server_options="$server_options $cache_options"
}
