package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Reason;
import io.vertx.grpc.common.GrpcStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class StatusCodesTest {
  @ParameterizedTest
  @EnumSource
  void noReasonIsUnknownOrOk(Reason reason) {
    assertThat(StatusCodes.of(reason)).isNotIn(GrpcStatus.UNKNOWN, GrpcStatus.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "CERT_MISSING,16",
    "ROLE_NOT_ALLOWED,7",
    "JOB_NOT_FOUND,5",
    "JOB_AMBIGUOUS,3",
    "SCRIPT_NOT_FOUND,5",
    "REQUEST_ID_CONFLICT,6",
    "UNSUPPORTED,9",
    "WORKER_UNREACHABLE,14",
    "STORE_UNAVAILABLE,14",
    "MESSAGE_TOO_LARGE,8",
    "OFFSET_PAST_END,11",
    "DEADLINE,4",
    "CANCELLED,1",
    "NOT_SERVED,12",
    "MALFORMED_MESSAGE,13"
  })
  void reasonsHaveTheirCodes(Reason reason, int code) {
    assertThat(StatusCodes.of(reason).code).isEqualTo(code);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "UNKNOWN", "ABORTED", "DATA_LOSS"})
  void aBareCodeKeepsItsCode(GrpcStatus code) {
    assertThat(StatusCodes.of(StatusCodes.reasonFor(code))).isEqualTo(code);
  }

  @Test
  void aCodeThatIsNoneIsABug() {
    assertThat(StatusCodes.reasonFor(null)).isEqualTo(Reason.INTERNAL_BUG);
    assertThat(StatusCodes.reasonFor(GrpcStatus.valueOf(99))).isEqualTo(Reason.INTERNAL_BUG);
  }
}
