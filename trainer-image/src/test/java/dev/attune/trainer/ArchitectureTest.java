package dev.attune.trainer;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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

    /** What the engine creates from Java's memory borrows it, and a gradient may outlive the lender. */
    @ArchTest
    static final ArchRule arraysOwnTheirNumbers = noClasses()
            .that()
            .resideOutsideOfPackages("..trainer.tensor..", "..trainer.safetensors..")
            .should()
            .callMethodWhere(target(name("create")).and(target(owner(assignableTo(NDManager.class)))))
            .orShould()
            .callMethodWhere(target(nameMatching("mul|div|pow|muli|divi|powi"))
                    .and(target(owner(assignableTo(NDArray.class))))
                    .and(target(rawParameterTypes(Number.class))));

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
            .resideInAnyPackage("..trainer.sink..", "..trainer.cli..", "picocli..");

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
