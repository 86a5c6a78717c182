package io.orrery.cli.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrailersTest {
  private static final Map<String, String> OK = Map.of(":status", "200");

  @Test
  void statusZeroIsAnEndInOrder() throws Exception {
    Trailers.check(OK, Map.of("grpc-status", "0"), true);
  }

  @Test
  void anErrorHasItsCodeMessageAndDetails() {
    StatusException error =
        catchThrowableOfType(
            StatusException.class,
            () ->
                Trailers.check(
                    OK,
                    Map.of(
                        "grpc-status", "5",
                        "grpc-message", "no job %E2%80%A6 100% +",
                        "grpc-status-details-bin", "CAU"),
                    true));

    assertThat(error.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(error).hasMessage("no job … 100% +");
    assertThat(error.details()).containsExactly(8, 5);
  }

  @ParameterizedTest
  @CsvSource({"99", "-1", "x", "''"})
  void aCodeThatIsNoneIsUnknown(String code) {
    StatusException error =
        catchThrowableOfType(
            StatusException.class, () -> Trailers.check(OK, Map.of("grpc-status", code), true));

    assertThat(error.code()).isEqualTo(StatusCode.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({"404,UNIMPLEMENTED", "503,UNAVAILABLE", "403,PERMISSION_DENIED", "302,UNKNOWN"})
  void aServerThatDoesNotSpeakGrpcIsSaidSo(String http, StatusCode code) {
    Map<String, String> headers = Map.of(":status", http);
    StatusException error =
        catchThrowableOfType(StatusException.class, () -> Trailers.check(headers, headers, true));

    assertThat(error.code()).isEqualTo(code);
    assertThat(error).hasMessageContaining("HTTP " + http);
  }

  @Test
  void anEndWithoutAStatusIsACut() {
    assertThatThrownBy(() -> Trailers.check(null, null, true))
        .isInstanceOf(ConnectionLostException.class);
    assertThatThrownBy(() -> Trailers.check(OK, null, true))
        .isInstanceOf(ConnectionLostException.class);
    assertThatThrownBy(() -> Trailers.check(OK, OK, true))
        .isInstanceOf(ConnectionLostException.class);
    assertThatThrownBy(() -> Trailers.check(OK, Map.of("grpc-status", "0"), false))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("within a message");
  }
}
