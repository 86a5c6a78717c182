package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.JobCommand;
import io.orrery.job.JobSpec;
import io.orrery.job.LabelSelector;
import io.orrery.job.LimitKind;
import io.orrery.job.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may be started on this worker: what the configuration allows, and what the worker can do.
 *
 * <p>An entry of {@code allow} is {@code *} (anything), a command ({@code rsync}: with any
 * arguments), or a command and a script of the scripts folder ({@code bash count.sh}, or {@code
 * bash *} for any script there).
 */
final class StartPolicy {
  private static final Pattern STEERING =
      Pattern.compile(
          "PATH|IFS|ENV|HOME|SHELLOPTS|BASHOPTS|CDPATH|GLOBIGNORE|PS4|TERMCAP|TERMINFO"
              + "|(LD_|DYLD_|GCONV_|BASH_|PYTHON|PERL|RUBY|NODE_|LUA_|GIT_|JAVA_|JDK_|_JAVA_"
              + "|GLIBC_|MALLOC_|RSYNC_|LESS|EDITOR|VISUAL|PAGER|XDG_).*");

  private final List<String> allow;
  private final Map<String, String> labels;
  private final Supplier<Set<LimitKind>> enforceable;

  /** {@code enforceable} answers with what jobs can be held to here. */
  StartPolicy(
      List<String> allow, Map<String, String> labels, Supplier<Set<LimitKind>> enforceable) {
    this.allow = List.copyOf(allow);
    this.labels = Map.copyOf(labels);
    this.enforceable = enforceable;
  }

  /**
   * Passes, or throws before anything is done.
   *
   * @throws ApiException with {@link Reason#COMMAND_NOT_ALLOWED}, {@link Reason#UNSUPPORTED},
   *     {@link Reason#WORKER_NOT_FOUND} or {@link Reason#NO_MATCHING_WORKER}
   */
  void check(JobSpec spec, WorkerIdentity self) {
    checkWorker(spec, self);
    checkAllowed(spec.command(), self);
    checkEnforceable(spec, self);
  }

  private void checkWorker(JobSpec spec, WorkerIdentity self) {
    String workerId = spec.placement().workerId();
    // The scheduler, which has just given it an id, knows it by its certificate.
    if (!workerId.isEmpty() && !self.id().isEmpty() && !workerId.equals(self.id())) {
      throw new ApiException(
          Reason.WORKER_NOT_FOUND,
          "this is worker " + self.id() + ", not " + workerId + "; ask the scheduler",
          Map.of("worker_id", workerId));
    }
    if (!LabelSelector.parse(spec.placement().selector()).matches(labels)) {
      throw new ApiException(
          Reason.NO_MATCHING_WORKER,
          "the labels of worker " + self.name() + " do not match " + spec.placement().selector(),
          Map.of("selector", spec.placement().selector()));
    }
  }

  private void checkAllowed(JobCommand command, WorkerIdentity self) {
    boolean allowed = allow.contains("*") || allow.contains(command.command());
    if (!allowed && !command.path().isEmpty()) {
      allowed =
          allow.contains(command.command() + " *")
              || allow.contains(command.command() + " " + command.path());
    }
    if (!allowed || (!allow.contains("*") && leadsElsewhere(command))) {
      throw new ApiException(
          Reason.COMMAND_NOT_ALLOWED,
          "worker "
              + self.name()
              + " does not run this command; its operator lists what it runs under `allow`",
          Map.of("worker_name", self.name()));
    }
  }

  /**
   * Whether a variable of the request would make an allowed command run something else: another
   * program of that name, a library, or a start-up file.
   */
  private static boolean leadsElsewhere(JobCommand command) {
    return command.env().keySet().stream().anyMatch(name -> STEERING.matcher(name).matches());
  }

  /**
   * What a scheduler alone can do is refused where a client asks the worker itself.
   *
   * @throws ApiException with {@link Reason#UNSUPPORTED}, or {@link Reason#STARTING} when a worker
   *     is named and this one does not know yet which it is
   */
  static void checkDirect(JobSpec spec, WorkerIdentity self) {
    if (!spec.placement().workerId().isEmpty() && self.id().isEmpty()) {
      throw new ApiException(
          Reason.STARTING,
          "worker " + self.name() + " has not registered yet, and does not know its id; try again",
          Map.of("worker_name", self.name()));
    }
    List<String> fields = new ArrayList<>();
    addWhen(spec.placement().maxAttempts() > 1, "max_attempts", fields);
    if (!fields.isEmpty()) {
      String names = String.join(", ", fields);
      throw new ApiException(
          Reason.UNSUPPORTED,
          "worker " + self.name() + " cannot do what the job asks for: " + names,
          Map.of("worker_name", self.name(), "fields", names));
    }
  }

  /** What cannot be enforced is refused, never ignored. */
  private void checkEnforceable(JobSpec spec, WorkerIdentity self) {
    Set<LimitKind> missing = LimitKind.asked(spec);
    if (!missing.isEmpty()) {
      missing.removeAll(enforceable.get());
    }
    if (!missing.isEmpty()) {
      LimitKind first = missing.iterator().next();
      throw new ApiException(
          Reason.UNSUPPORTED,
          "worker "
              + self.name()
              + " cannot hold a job to "
              + first.field()
              + ", which needs "
              + first.need()
              + "; `orrery workers` shows what each worker can enforce",
          Map.of(
              "worker_name",
              self.name(),
              "fields",
              missing.stream().map(LimitKind::field).collect(Collectors.joining(", ")),
              "needs",
              first.need()));
    }
  }

  private static void addWhen(boolean asked, String field, List<String> fields) {
    if (asked) {
      fields.add(field);
    }
  }
}
