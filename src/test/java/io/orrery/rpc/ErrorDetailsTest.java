package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import io.orrery.job.Reason;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorDetailsTest {
  private static Status status(ApiException failure) throws Exception {
    return Status.parseFrom(Base64.getDecoder().decode(ErrorDetails.encode(failure)));
  }

  @ParameterizedTest
  @EnumSource
  void everyReasonComesBackWithItsMetadata(Reason reason) {
    ApiException failure = new ApiException(reason, "what – to do", Map.of("key", "välue"));
    ApiException back = ErrorDetails.decode(ErrorDetails.encode(failure)).orElseThrow();
    assertThat(back.reason()).isEqualTo(reason);
    assertThat(back).hasMessage("what – to do");
    assertThat(back.metadata()).isEqualTo(failure.metadata());
  }

  @Test
  void violationsComeBackInTheirOrder() {
    List<FieldViolation> wrong =
        List.of(new FieldViolation("command", "must not be empty"), new FieldViolation("a", "b"));
    ApiException back =
        ErrorDetails.decode(ErrorDetails.encode(ApiException.invalid(wrong))).orElseThrow();
    assertThat(back.violations()).isEqualTo(wrong);
  }

  @Test
  void theFirstDetailIsAnErrorInfoOfOurDomain() throws Exception {
    Status status = status(ApiException.jobNotFound("j"));
    assertThat(status.getCode()).isEqualTo(5);
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getDomain()).isEqualTo("orrery");
    assertThat(info.getReason()).isEqualTo("JOB_NOT_FOUND").matches("[A-Z_]{1,63}");
    assertThat(info.getMetadataMap()).isEqualTo(Map.of("job_id", "j"));
  }

  @Test
  void onlyWhatMaySucceedLaterSaysWhenToTryAgain() throws Exception {
    assertThat(status(new ApiException(Reason.DRAINING, "m")).getDetailsList())
        .anyMatch(detail -> detail.is(RetryInfo.class));
    assertThat(status(new ApiException(Reason.WORKER_IDENTITY, "m")).getDetailsList())
        .noneMatch(detail -> detail.is(RetryInfo.class));
  }

  @Test
  void aLimitThatIsReachedIsAQuota() throws Exception {
    Status full = status(new ApiException(Reason.QUEUE_FULL, "10 jobs wait already"));
    assertThat(full.getCode()).isEqualTo(8);
    assertThat(full.getDetails(1).unpack(QuotaFailure.class).getViolationsList())
        .singleElement()
        .satisfies(beyond -> assertThat(beyond.getSubject()).isEqualTo("scheduler"))
        .satisfies(beyond -> assertThat(beyond.getDescription()).contains("10 jobs"));
    assertThat(status(new ApiException(Reason.MESSAGE_TOO_LARGE, "m")).getDetailsList())
        .noneMatch(detail -> detail.is(QuotaFailure.class));
  }

  @Test
  void detailsFitIntoTheHeadersOfAnyClient() {
    List<FieldViolation> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(new FieldViolation("args[" + i + "]", "must not contain NUL"));
    }
    String trailer = ErrorDetails.encode(ApiException.invalid(many));
    assertThat(trailer).hasSizeLessThanOrEqualTo(4000).matches("[A-Za-z0-9+/]+");
    ApiException back = ErrorDetails.decode(trailer).orElseThrow();
    assertThat(back.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(back.violations())
        .hasSizeBetween(10, 999)
        .isEqualTo(many.subList(0, back.violations().size()));
  }

  @Test
  void metadataThatDoNotFitAreLeftOut() {
    String huge = "ü".repeat(10_000);
    String trailer =
        ErrorDetails.encode(new ApiException(Reason.UNSUPPORTED, huge, Map.of("key", huge)));
    assertThat(trailer).hasSizeLessThanOrEqualTo(4000);
    assertThat(ErrorDetails.decode(trailer).orElseThrow().reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(PercentText.encode(ErrorDetails.message(new ApiException(Reason.UNSUPPORTED, huge))))
        .hasSizeLessThan(4000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%%%", "AAAA", "////", "=", "a b"})
  void whatIsNotAStatusIsEmpty(String trailer) {
    assertThat(ErrorDetails.decode(trailer)).isEmpty();
  }

  @Test
  void aReasonOfAnotherDomainFallsBackToTheCode() {
    Status foreign =
        Status.newBuilder()
            .setCode(7)
            .setMessage("no")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain("example.com")
                        .setReason("JOB_NOT_FOUND")
                        .build()))
            .build();
    String trailer = Base64.getEncoder().encodeToString(foreign.toByteArray());
    assertThat(ErrorDetails.decode(trailer).orElseThrow().reason())
        .isEqualTo(Reason.ROLE_NOT_ALLOWED);
  }
}
