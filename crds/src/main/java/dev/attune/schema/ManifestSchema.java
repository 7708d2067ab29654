package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.FineTuneJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The schema of FineTuneJob, as its custom resource definition says it. */
public final class ManifestSchema {

    private static final String DEFINITION = "/dev/attune/api/finetunejobs.attune.dev-v1.yml";
    private static final String EVERY_KIND = "/dev/attune/schema/every-kind.yml";

    private final JsonNode schema;

    private ManifestSchema(JsonNode schema) {
        this.schema = schema;
    }

    /** The one of this build. */
    public static ManifestSchema bundled() {
        return of(resource(DEFINITION));
    }

    /** The schema of the version that this build speaks, from a custom resource definition. */
    static ManifestSchema of(JsonNode definition) {
        for (var version : definition.path("spec").path("versions")) {
            if (version.path("name").asText().equals(FineTuneJob.VERSION)) {
                var schema = (ObjectNode) version.path("schema").path("openAPIV3Schema");
                schema.withObject("properties")
                        .setAll((ObjectNode) resource(EVERY_KIND).path("properties"));
                return new ManifestSchema(schema);
            }
        }
        throw new IllegalArgumentException("the definition has no version " + FineTuneJob.VERSION);
    }

    private static JsonNode resource(String name) {
        try (var stream = ManifestSchema.class.getResourceAsStream(name)) {
            return Manifests.parse(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8))
                    .get(0)
                    .content();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the API server would say if the manifest were created. */
    public Checked check(JsonNode manifest) {
        return check(manifest, MissingNode.getInstance());
    }

    /** What the API server would say if the manifest took the place of {@code old}, which it had taken before. */
    public Checked check(JsonNode manifest, JsonNode old) {
        var notAJob = kind(manifest);
        if (!notAJob.isEmpty()) {
            return new Checked(manifest, notAJob);
        }
        var complete = Defaults.applied(schema, manifest);
        Metadata.name(complete);
        var findings = new ArrayList<>(Structure.check(schema, complete));
        findings.addAll(Metadata.check(complete.path("metadata")));
        var problems = new ArrayList<Problem>();
        findings.forEach(finding -> problems.add(finding.problem()));
        problems.addAll(Rules.check(
                schema,
                complete,
                old.isMissingNode() ? old : Defaults.applied(schema, old),
                path -> findings.stream()
                        .noneMatch(finding -> finding.shapeless()
                                && path.holds(finding.problem().path()))));
        return new Checked(complete, problems);
    }

    private static List<Problem> kind(JsonNode manifest) {
        if (!manifest.isObject()) {
            return List.of(new Problem("", "must be a FineTuneJob, but is " + Structure.shown(manifest)));
        }
        var problems = new ArrayList<Problem>();
        expect(manifest, "apiVersion", FineTuneJob.GROUP + "/" + FineTuneJob.VERSION, problems);
        expect(manifest, "kind", "FineTuneJob", problems);
        return problems;
    }

    private static void expect(JsonNode manifest, String field, String wanted, List<Problem> problems) {
        var found = manifest.path(field);
        if (!found.asText().equals(wanted)) {
            problems.add(new Problem(
                    field,
                    (found.isMissingNode()
                                    ? "required field is missing"
                                    : Structure.shown(found) + " is not known here")
                            + ", write " + wanted));
        }
    }
}
