package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ExitCodeTest {

  private static Job job(JobState state, JobEnd.Builder end) {
    return Job.newBuilder().setState(state).setEnd(end).build();
  }

  private static JobEnd.Builder end(EndCause cause) {
    return JobEnd.newBuilder().setCause(cause);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,3", "124,124", "255,255"})
  void aFailedJobsOwnCodeIsOurs(int code, int expected) {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_FAILED, end(EndCause.END_CAUSE_EXITED).setExitCode(code))))
        .isEqualTo(expected);
  }

  @Test
  void successIsZeroOnlyWithAnExitCodeReceived() {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_SUCCEEDED, end(EndCause.END_CAUSE_EXITED).setExitCode(0))))
        .isZero();
    assertThat(ExitCode.of(job(JobState.JOB_STATE_SUCCEEDED, end(EndCause.END_CAUSE_EXITED))))
        .isEqualTo(125);
  }

  @ParameterizedTest
  @EnumSource(value = JobState.class, mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
  void noStateIsZeroWithoutAnExitCode(JobState state) {
    for (EndCause cause : EndCause.values()) {
      if (cause != EndCause.UNRECOGNIZED) {
        assertThat(ExitCode.of(job(state, end(cause)))).as("%s %s", state, cause).isNotZero();
      }
    }
  }

  @Test
  void aFailedJobIsNeverZeroEvenIfItsCodeIs() {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_FAILED, end(EndCause.END_CAUSE_EXITED).setExitCode(0))))
        .isEqualTo(125);
  }

  @ParameterizedTest
  @CsvSource({"9,137", "15,143", "2,130", "34,162"})
  void aSignalIs128More(int signal, int expected) {
    assertThat(
            ExitCode.of(
                job(
                    JobState.JOB_STATE_FAILED,
                    end(EndCause.END_CAUSE_SIGNALLED).setSignal(signal))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "ENOENT,127",
    "EACCES,126",
    "ENOEXEC,126",
    "ENOTDIR,126",
    "EISDIR,126",
    "E2BIG,126",
    "EAGAIN,125",
    "ENOMEM,125",
    "'',125"
  })
  void aStartThatFailedIsAsInAShell(String errno, int expected) {
    assertThat(
            ExitCode.of(
                job(
                    JobState.JOB_STATE_FAILED,
                    end(EndCause.END_CAUSE_START_FAILED).setErrno(errno))))
        .isEqualTo(expected);
  }

  @Test
  void aTimeoutIs124WhateverEndedTheProcess() {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_TIMED_OUT, end(EndCause.END_CAUSE_EXITED).setExitCode(0))))
        .isEqualTo(124);
  }

  @Test
  void outOfMemoryIsAsKilled() {
    assertThat(ExitCode.of(job(JobState.JOB_STATE_FAILED, end(EndCause.END_CAUSE_OOM_KILLED))))
        .isEqualTo(137);
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_FAILED, end(EndCause.END_CAUSE_OOM_KILLED).setSignal(9))))
        .isEqualTo(137);
  }

  @Test
  void whoOutlivesAnOutOfMemoryChildHasItsOwnCode() {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_FAILED, end(EndCause.END_CAUSE_OOM_KILLED).setExitCode(3))))
        .isEqualTo(3);
  }

  @Test
  void aStoppedJobHasItsSignalOrItsCode() {
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_STOPPED, end(EndCause.END_CAUSE_SIGNALLED).setSignal(15))))
        .isEqualTo(143);
    assertThat(
            ExitCode.of(
                job(JobState.JOB_STATE_STOPPED, end(EndCause.END_CAUSE_EXITED).setExitCode(5))))
        .isEqualTo(5);
  }

  @Test
  void aLostJobIsOurFailure() {
    assertThat(ExitCode.of(job(JobState.JOB_STATE_LOST, end(EndCause.END_CAUSE_UNOBSERVED))))
        .isEqualTo(125);
  }
}
