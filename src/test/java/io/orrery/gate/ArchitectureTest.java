package io.orrery.gate;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The package table of the README as rules. */
final class ArchitectureTest {
  private static final String ROOT = "io.orrery.";

  /** Each package and the packages of ours that it may know. */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("job", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("posix", Set.of()),
          Map.entry("process", Set.of("posix", "job")),
          Map.entry("output", Set.of("job", "bus", "posix")),
          Map.entry("security", Set.of("config")),
          Map.entry("bus", Set.of("job")),
          Map.entry("logging", Set.of()),
          Map.entry("metrics", Set.of("config")),
          Map.entry("rpc", Set.of("v1", "job", "security", "metrics")),
          Map.entry(
              "worker",
              Set.of(
                  "v1", "job", "process", "output", "bus", "rpc", "security", "config", "metrics")),
          Map.entry("store", Set.of("job", "config", "metrics")),
          Map.entry(
              "scheduler",
              Set.of("v1", "job", "store", "bus", "rpc", "http", "security", "config", "metrics")),
          Map.entry("http", Set.of("v1", "job", "rpc")),
          Map.entry("cli", Set.of("v1", "job", "rpc", "security", "config")),
          Map.entry("v1", Set.of()));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.orrery");

  static Stream<String> packages() {
    return MAY_KNOW.keySet().stream().sorted();
  }

  static Stream<String> ownPackages() {
    return packages().filter(name -> !name.equals("v1"));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageKnowsOnlyWhatTheTableAllows(String name) {
    Set<String> allowed = MAY_KNOW.get(name);
    classes()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .onlyDependOnClassesThat(
            describe(
                "of " + name + " or of " + allowed,
                other -> {
                  String owner = packageOf(other);
                  return owner.isEmpty() || owner.equals(name) || allowed.contains(owner);
                }))
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void theVocabularyAndTheSystemCallsKnowOnlyTheJdk() {
    classes()
        .that()
        .resideInAnyPackage(ROOT + "job..", ROOT + "posix..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", ROOT + "job..", ROOT + "posix..")
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void theConfigurationKnowsOnlyTheJdkAndJson() {
    classes()
        .that()
        .resideInAPackage(ROOT + "config..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "io.vertx.core.json..", ROOT + "config..")
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void onlyPosixCallsForeignFunctions() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "posix..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(MAIN);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().allowEmptyShould(true).check(MAIN);
  }

  @Test
  void everyPackageIsInTheTable() {
    assertThat(MAIN)
        .as("classes in a package that the table above does not name")
        .filteredOn(type -> !MAY_KNOW.containsKey(packageOf(type)))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ownPackages")
  void aPackageSaysWhatItIsAndIsNullMarked(String name) {
    if (!MAIN.containPackage(ROOT + name)) {
      return;
    }
    JavaPackage subject = MAIN.getPackage(ROOT + name);

    assertThat(subject.tryGetPackageInfo()).as("package-info.java of %s", name).isPresent();
    assertThat(subject.isAnnotatedWith(NullMarked.class)).as("@NullMarked %s", name).isTrue();
  }

  @Test
  void namesSayTheJob() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "v1..")
        // JSSE's own words for what chooses a key or judges a certificate.
        .and()
        .areNotAssignableTo(KeyManager.class)
        .and()
        .areNotAssignableTo(TrustManager.class)
        .should()
        .haveNameMatching(".*[.$](Abstract\\w+|\\w*(Manager|Helper|Utils?|Impl|Data|Info))")
        .check(MAIN);
  }

  /** It tells of the time on a thread of no context: io.orrery.rpc.TimeLimit does not. */
  @Test
  void nobodyOnAContextUsesATimeoutThatLeavesIt() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "scheduler..", ROOT + "worker..", ROOT + "http..", ROOT + "rpc..")
        .should()
        .callMethodWhere(
            target(HasName.Predicates.name("timeout"))
                .and(target(HasOwner.Predicates.With.owner(assignableTo(Future.class)))))
        .check(MAIN);
  }

  private static DescribedPredicate<JavaClass> describe(String text, Predicate<JavaClass> test) {
    return DescribedPredicate.describe(text, test);
  }

  /** The package of ours below io.orrery that the class is in, or "" for anybody else's. */
  private static String packageOf(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    if (!name.startsWith(ROOT)) {
      return "";
    }
    String rest = name.substring(ROOT.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
