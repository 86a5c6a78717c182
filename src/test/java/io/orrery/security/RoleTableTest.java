package io.orrery.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoleTableTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          orrery.v1.Worker/StartJob            | scheduler, admin, operator
          orrery.v1.Worker/StopJob             | scheduler, admin, operator
          orrery.v1.Worker/SignalJob           | scheduler, admin, operator
          orrery.v1.Worker/AttachJob           | scheduler, admin, operator
          orrery.v1.Worker/QueryJob            | scheduler, admin, operator, viewer
          orrery.v1.Worker/StreamJob           | scheduler, admin, operator, viewer
          orrery.v1.Worker/ListJobs            | scheduler, admin, operator, viewer
          orrery.v1.Scheduler/RegisterWorker   | worker
          orrery.v1.Scheduler/DeregisterWorker | worker
          orrery.v1.Scheduler/Heartbeat        | worker
          orrery.v1.Scheduler/ListWorkers      | admin, operator, viewer
          orrery.v1.Scheduler/ExplainJob       | admin, operator, viewer
          orrery.v1.Scheduler/DrainWorker      | admin
          orrery.v1.Scheduler/ResumeWorker     | admin
          orrery.v1.Scheduler/ForgetWorker     | admin
          grpc.health.v1.Health/Check          | scheduler, worker, admin, operator, viewer
          grpc.health.v1.Health/List           | scheduler, worker, admin, operator, viewer
          grpc.health.v1.Health/Watch          | scheduler, worker, admin, operator, viewer
          grpc.reflection.v1.ServerReflection/ServerReflectionInfo      | scheduler, worker, admin, operator, viewer
          grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo | scheduler, worker, admin, operator, viewer
          """)
  void aRowAllowsTheseRolesAndNoOther(String method, String roles) {
    Set<Role> expected =
        Arrays.stream(roles.split(", ")).map(Role::parse).collect(Collectors.toSet());
    assertThat(List.of(Role.values()).stream().filter(r -> RoleTable.allows(r, method)))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(RoleTable.has(method)).isTrue();
  }

  @Test
  void theTableHasNoRowsBesides() {
    assertThat(RoleTable.methods()).hasSize(20).allMatch(RoleTable::has);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "StartJob",
        "/orrery.v1.Worker/StartJob",
        "orrery.v1.worker/startjob",
        "orrery.v1.Worker/StartJob/",
        "orrery.v1.Worker/Nothing",
        "orrery.v2.Worker/StartJob"
      })
  void whatHasNoRowIsAllowedToNobody(String method) {
    assertThat(RoleTable.has(method)).isFalse();
    assertThat(Role.values()).noneMatch(role -> RoleTable.allows(role, method));
  }

  @ParameterizedTest
  @EnumSource
  void jobsAreSeenAndChangedByTheirOwnersAndThoseAbove(Role role) {
    Identity caller = new Identity(role, "me");
    String other = "spiffe://orrery/operator/other";
    boolean above = role == Role.ADMIN || role == Role.SCHEDULER;
    assertThat(JobAccess.mayRead(caller, other)).isEqualTo(above || role == Role.VIEWER);
    assertThat(JobAccess.mayChange(caller, other)).isEqualTo(above);
    assertThat(JobAccess.mayRead(caller, caller.uri())).isEqualTo(role != Role.WORKER);
    assertThat(JobAccess.mayChange(caller, caller.uri())).isEqualTo(above || role == Role.OPERATOR);
  }

  @Test
  void theSameNameInAnotherRoleIsSomebodyElse() {
    Identity operator = new Identity(Role.OPERATOR, "me");
    assertThat(JobAccess.mayRead(operator, "spiffe://orrery/admin/me")).isFalse();
    assertThat(JobAccess.mayRead(operator, "")).isFalse();
  }
}
