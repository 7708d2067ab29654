package dev.attune.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which. */
@AnalyzeClasses(packages = "dev.attune.operator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule decisionsKnowNoCluster = noClasses()
            .that()
            .resideInAnyPackage("..operator.condition..", "..operator.decide..", "..operator.desired..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "io.quarkus..",
                    "jakarta..",
                    "java.net..",
                    "java.nio.file.Files");

    @ArchTest
    static final ArchRule decisionsDoNotAskForTheTime = noClasses()
            .that()
            .resideInAnyPackage("..operator.condition..", "..operator.decide..", "..operator.desired..")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule packagesKnowOneAnotherInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("condition")
            .definedBy("..operator.condition..")
            .layer("desired")
            .definedBy("..operator.desired..")
            .layer("decide")
            .definedBy("..operator.decide..")
            .layer("observe")
            .definedBy("..operator.observe..")
            .layer("report")
            .definedBy("..operator.report..")
            .layer("act")
            .definedBy("..operator.act..")
            .layer("setup")
            .definedBy("..operator.setup..")
            .whereLayer("condition")
            .mayOnlyBeAccessedByLayers("decide", "report")
            .whereLayer("desired")
            .mayOnlyBeAccessedByLayers("decide", "observe", "setup")
            .whereLayer("decide")
            .mayOnlyBeAccessedByLayers("observe", "act", "setup")
            .whereLayer("observe")
            .mayOnlyBeAccessedByLayers("act")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("act")
            .whereLayer("act")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule noCircles =
            slices().matching("dev.attune.operator.(*)..").should().beFreeOfCycles();
}
