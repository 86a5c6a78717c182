package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ApiExceptionTest {
  /** Reason by reason, since a start that is wrongly called 'not done' is done twice. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WORKER_UNREACHABLE | the connection may have broken after the order was read",
        "DEADLINE           | the order may still be carried out",
        "CANCELLED          | the order may have arrived before the cancel",
        "INTERNAL_BUG       | nobody knows how far it came",
        "MALFORMED_MESSAGE  | it may be the answer that cannot be read",
        "MESSAGE_TOO_LARGE  | it may be the answer that does not fit; RESOURCE_EXHAUSTED of a hop",
        "STORE_UNAVAILABLE  | the store's answer may be all that is missing",
        "SLOW_READER        | comes after a part of the stream",
      })
  void aCallThatMayHaveBeenDoneIsInDoubt(Reason reason, String why) {
    assertThat(new ApiException(reason, "no").isDefinite()).as(why).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CERT_MISSING        | the gate says it before any handler",
        "CERT_IDENTITY       | the gate",
        "ROLE_NOT_ALLOWED    | the gate",
        "NOT_SERVED          | the gate, or the reading of the request; a 404 of a hop",
        "TOO_MANY_STREAMS    | before the handler",
        "COMMAND_NOT_ALLOWED | before the job has a record",
        "FOREIGN_WORKER      | before the registry is touched",
        "WORKER_NAME_IN_USE  | before the registry is touched",
        "WORKER_NOT_GONE     | before anything is forgotten",
        "JOB_NOT_FOUND       | there was nothing to do it to",
        "JOB_AMBIGUOUS       | there was nothing to do it to",
        "WORKER_NOT_FOUND    | there was nobody to do it",
        "NO_MATCHING_WORKER  | there was nobody to do it",
        "SERVICE_NOT_FOUND   | only health says it",
        "INVALID_REQUEST     | validation comes before everything",
        "SCRIPT_NOT_FOUND    | looked up before the job has a record",
        "REQUEST_ID_CONFLICT | what has this id is another job",
        "JOB_TERMINAL        | there was nothing to do it to",
        "UNSUPPORTED         | before the job has a record",
        "WORKER_IDENTITY     | nothing is sent to a server that is not the one expected",
        "STARTING            | before the scheduler has chosen a worker",
        "DRAINING            | the gate or Jobs.start, before the job has a record; only streams"
            + " hear it later",
        "OFFSET_PAST_END     | before the first message",
        "STORAGE_FAILED      | the job's record could not be written, and what there was is"
            + " removed",
      })
  void aCallThatWasRefusedBeforeAnythingWasDoneIsNot(Reason reason, String why) {
    assertThat(new ApiException(reason, "no").isDefinite()).as(why).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void oneMoreWordOfMetadataChangesNothingElse(Reason reason) {
    ApiException more = new ApiException(reason, "no", Map.of("a", "b")).with("c", "d");

    assertThat(more.reason()).isEqualTo(reason);
    assertThat(more).hasMessage("no");
    assertThat(more.metadata()).containsOnly(Map.entry("a", "b"), Map.entry("c", "d"));
  }

  @Test
  void aTakenIdDoesNotSayWhoHasIt() {
    JobId id = JobId.random();

    assertThat(ApiException.jobIdTaken(id).metadata()).containsOnlyKeys("job_id");
  }
}
