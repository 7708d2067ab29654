package dev.attune.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed definition is what the types say. {@code -Dattune.update} writes it anew. */
class CrdIsCurrentTest {

    private static final Path COMMITTED = Path.of("src/main/resources/dev/attune/api/finetunejobs.attune.dev-v1.yml");
    private static final Path CHART = Path.of("../helm/attune/files/finetunejobs.attune.dev-v1.yml");

    @Test
    void committedDefinitionIsWhatTheTypesSay(@TempDir Path folder) throws IOException {
        var generated = generate(folder);
        if (System.getProperty("attune.update") != null) {
            for (var place : new Path[] {COMMITTED, CHART}) {
                Files.createDirectories(place.getParent());
                Files.writeString(place, generated);
            }
        }
        assertThat(COMMITTED).as("run with -Dattune.update to renew it").hasContent(generated);
        assertThat(CHART)
                .as("the chart's copy; run with -Dattune.update to renew it")
                .hasContent(generated);
    }

    static String generate(Path folder) throws IOException {
        var info = new CRDGenerator()
                .customResourceClasses(FineTuneJob.class)
                .inOutputDir(folder.toFile())
                .detailedGenerate();
        var path = info.getCRDDetailsPerNameAndVersion()
                .get("finetunejobs.attune.dev")
                .get("v1")
                .getFilePath();
        var definition = Serialization.unmarshal(Files.readString(Path.of(path)), CustomResourceDefinition.class);
        return Serialization.asYaml(inOrder(definition));
    }

    /** The generator sorts columns by path; people read them in the order in which they are declared. */
    private static CustomResourceDefinition inOrder(CustomResourceDefinition definition) {
        var declared = Stream.of(FineTuneJob.class.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        definition
                .getSpec()
                .getVersions()
                .forEach(version -> version.getAdditionalPrinterColumns()
                        .sort(Comparator.comparing(column -> declared.indexOf(column.getName()))));
        return definition;
    }
}
