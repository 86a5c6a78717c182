package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.store.JobStore;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A real store of which some calls can be made to fail. */
final class FailingStore {
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final JobStore store;

  FailingStore(JobStore real) {
    store =
        (JobStore)
            Proxy.newProxyInstance(
                JobStore.class.getClassLoader(),
                new Class<?>[] {JobStore.class},
                (_, method, arguments) -> {
                  if (failing.contains(method.getName())) {
                    return Future.failedFuture(
                        new ApiException(Reason.STORE_UNAVAILABLE, "the store was made to fail"));
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                  }
                });
  }

  JobStore store() {
    return store;
  }

  void fail(String... calls) {
    failing.addAll(Set.of(calls));
  }

  void heal() {
    failing.clear();
  }
}
