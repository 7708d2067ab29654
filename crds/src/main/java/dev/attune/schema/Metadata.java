package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.attune.schema.Structure.Finding;
import java.util.ArrayList;
import java.util.List;

/** What Kubernetes asks of the metadata of every kind beyond its schema, which a definition doesn't repeat. */
final class Metadata {

    private static final Pattern QUALIFIED_NAME = Pattern.compile(
            "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?" + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final int LONGEST_PREFIX = 58;

    private Metadata() {}

    /** Fills in what the API server makes of a generateName; it draws five letters, for which x stands here. */
    static void name(JsonNode manifest) {
        if (manifest.path("metadata") instanceof ObjectNode metadata
                && !metadata.has("name")
                && metadata.path("generateName").isTextual()) {
            var prefix = metadata.path("generateName").textValue();
            metadata.put("name", prefix.substring(0, Math.min(prefix.length(), LONGEST_PREFIX)) + "xxxxx");
        }
    }

    static List<Finding> check(JsonNode metadata) {
        var findings = new ArrayList<Finding>();
        if (!metadata.has("name")) {
            findings.add(new Finding(
                    new Problem("metadata.name", "required field is missing: what the job is called, for example tone"),
                    true));
        }
        for (var map : List.of("labels", "annotations")) {
            for (var entry : metadata.path(map).properties()) {
                if (!QUALIFIED_NAME.matches(entry.getKey())) {
                    findings.add(new Finding(
                            new Problem(
                                    FieldPath.TOP
                                            .child("metadata")
                                            .child(map)
                                            .child(entry.getKey())
                                            .text(),
                                    "is no key that Kubernetes takes, write name or example.com/name"),
                            false));
                }
            }
        }
        return findings;
    }
}
