package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import io.orrery.cli.grpc.StatusCode;
import io.orrery.cli.grpc.StatusException;
import org.junit.jupiter.api.Test;

final class ErrorTextTest {

  private static String text(StatusCode code, String message, Message... details) {
    Status.Builder status = Status.newBuilder();
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return ErrorText.of(new StatusException(code, message, status.build().toByteArray()));
  }

  private static BadRequest violation(String field, String description) {
    return BadRequest.newBuilder()
        .addFieldViolations(
            BadRequest.FieldViolation.newBuilder().setField(field).setDescription(description))
        .build();
  }

  @Test
  void theMessageIsEnoughWhereItSaysWhatToDo() {
    assertThat(
            text(
                StatusCode.NOT_FOUND,
                "no job x; `orrery ps` lists yours",
                FakeServer.info("JOB_NOT_FOUND")))
        .isEqualTo("no job x; `orrery ps` lists yours");
  }

  @Test
  void whatToDoIsAddedByTheReason() {
    assertThat(text(StatusCode.NOT_FOUND, "no job x", FakeServer.info("JOB_NOT_FOUND")))
        .isEqualTo("no job x; `orrery ps -a` lists yours");
    assertThat(text(StatusCode.UNIMPLEMENTED, "unknown method"))
        .contains("is it a scheduler of this version");
  }

  @Test
  void violationsAreToldOnce() {
    assertThat(
            text(
                StatusCode.INVALID_ARGUMENT,
                "command must not be empty",
                violation("command", "must not be empty")))
        .isEqualTo("command must not be empty");
    assertThat(
            text(
                StatusCode.INVALID_ARGUMENT,
                "the request is wrong",
                violation("args[1]", "must not contain NUL")))
        .isEqualTo("the request is wrong; args[1] must not contain NUL");
  }

  @Test
  void anErrorWithoutWordsHasItsCode() {
    assertThat(text(StatusCode.INTERNAL, "")).isEqualTo("the server answered INTERNAL");
  }

  @Test
  void detailsThatAreNoneAreNoTrouble() {
    assertThat(
            ErrorText.of(
                new StatusException(StatusCode.INTERNAL, "broken", new byte[] {1, 2, (byte) 255})))
        .isEqualTo("broken");
  }
}
