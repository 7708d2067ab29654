package dev.attune.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which: the picture of docs/architecture.md, as rules. */
@AnalyzeClasses(packages = "dev.attune.trainer", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesKnowOneAnotherInOneDirection =
            slices().matching("dev.attune.trainer.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTensorsKnowTheEngine = noClasses()
            .that()
            .resideOutsideOfPackages("..trainer.tensor..", "..trainer.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.pytorch..", "ai.djl.engine..");

    @ArchTest
    static final ArchRule mathematicsKnowsNoFilesAndNoData = noClasses()
            .that()
            .resideInAPackage("..trainer.model.arch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "..trainer.data..", "..trainer.method..", "..trainer.safetensors..");

    @ArchTest
    static final ArchRule learningKnowsNoSinksAndNoPlaces = noClasses()
            .that()
            .resideInAnyPackage("..trainer.model..", "..trainer.method..", "..trainer.objective..", "..trainer.train..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..trainer.sink..", "..trainer.event..", "..trainer.place..", "..trainer.job..");

    @ArchTest
    static final ArchRule whatIsRunDoesNotKnowWhoListens = noClasses()
            .that()
            .resideInAPackage("..trainer.job..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..trainer.sink..", "..trainer.card..", "..trainer.cli..", "picocli..");

    @ArchTest
    static final ArchRule methodsAreFoundThroughTheirRegistry = classes()
            .that()
            .implement(dev.attune.trainer.method.Method.class)
            .or()
            .implement(dev.attune.trainer.objective.Objective.class)
            .or()
            .implement(dev.attune.trainer.model.Architecture.class)
            .should()
            .bePackagePrivate()
            .andShould()
            .beRecords();

    @ArchTest
    static final ArchRule nothingIsInherited = classes()
            .that(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are no exceptions, records or enums",
                    (JavaClass type) -> !type.isAssignableTo(Throwable.class)
                            && !type.isRecord()
                            && !type.isEnum()
                            && !type.isInterface()
                            && !type.isAnonymousClass()))
            .should()
            .beAssignableTo(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "no class but Object",
                    (JavaClass type) -> type.getRawSuperclass()
                            .map(parent -> parent.isEquivalentTo(Object.class))
                            .orElse(true)));
}
