package io.orrery.security;

import static io.orrery.security.Role.ADMIN;
import static io.orrery.security.Role.OPERATOR;
import static io.orrery.security.Role.SCHEDULER;
import static io.orrery.security.Role.VIEWER;
import static io.orrery.security.Role.WORKER;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which role may call which RPC, keyed by the full method name; what is not in the table is not
 * allowed. Whose jobs a caller may touch is for {@link JobAccess} to say.
 */
public final class RoleTable {
  private static final Set<Role> EVERYBODY = EnumSet.allOf(Role.class);
  private static final Set<Role> WORKERS = EnumSet.of(WORKER);
  private static final Set<Role> ADMINS = EnumSet.of(ADMIN);
  private static final Set<Role> CLIENTS = EnumSet.of(ADMIN, OPERATOR, VIEWER);
  private static final Set<Role> READERS = EnumSet.of(ADMIN, OPERATOR, VIEWER, SCHEDULER);
  // The scheduler calls workers on behalf of a client whose right it has checked.
  private static final Set<Role> CHANGERS = EnumSet.of(ADMIN, OPERATOR, SCHEDULER);

  private static final Map<String, Set<Role>> ROWS =
      Map.ofEntries(
          Map.entry("orrery.v1.Worker/StartJob", CHANGERS),
          Map.entry("orrery.v1.Worker/StopJob", CHANGERS),
          Map.entry("orrery.v1.Worker/SignalJob", CHANGERS),
          Map.entry("orrery.v1.Worker/AttachJob", CHANGERS),
          Map.entry("orrery.v1.Worker/QueryJob", READERS),
          Map.entry("orrery.v1.Worker/StreamJob", READERS),
          Map.entry("orrery.v1.Worker/ListJobs", READERS),
          Map.entry("orrery.v1.Scheduler/RegisterWorker", WORKERS),
          Map.entry("orrery.v1.Scheduler/DeregisterWorker", WORKERS),
          Map.entry("orrery.v1.Scheduler/Heartbeat", WORKERS),
          Map.entry("orrery.v1.Scheduler/ListWorkers", CLIENTS),
          Map.entry("orrery.v1.Scheduler/ExplainJob", CLIENTS),
          Map.entry("orrery.v1.Scheduler/DrainWorker", ADMINS),
          Map.entry("orrery.v1.Scheduler/ResumeWorker", ADMINS),
          Map.entry("orrery.v1.Scheduler/ForgetWorker", ADMINS),
          Map.entry("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", EVERYBODY),
          Map.entry("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", EVERYBODY),
          Map.entry("grpc.health.v1.Health/Check", EVERYBODY),
          Map.entry("grpc.health.v1.Health/List", EVERYBODY),
          Map.entry("grpc.health.v1.Health/Watch", EVERYBODY));

  private RoleTable() {}

  /**
   * Whether the role may call the method ({@code orrery.v1.Worker/StartJob}, no slash in front).
   */
  public static boolean allows(Role role, String method) {
    return ROWS.getOrDefault(method, Set.of()).contains(role);
  }

  /** Whether the table has a row for the method. */
  public static boolean has(String method) {
    return ROWS.containsKey(method);
  }

  /** Every method that has a row. */
  public static Set<String> methods() {
    return ROWS.keySet();
  }
}
