package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One document of a YAML file.
 *
 * @param source the file it was read from, as it was named
 * @param content what it says
 * @param lines the line of each field, from 1, by its path
 */
public record Manifest(String source, JsonNode content, Map<String, Integer> lines) {

    /** Its {@code apiVersion}; empty if it has none. */
    public String apiVersion() {
        return content.path("apiVersion").asText();
    }

    /** Its {@code kind}; empty if it has none. */
    public String kind() {
        return content.path("kind").asText();
    }

    /** Its {@code metadata.name}, else its {@code metadata.generateName}; empty if it has none. */
    public String name() {
        var metadata = content.path("metadata");
        return metadata.path(metadata.has("name") ? "name" : "generateName").asText();
    }

    /** The line of a field, from 1; for one that is missing, the line of what should hold it. */
    public int line(String path) {
        for (var at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, lastStep(at)))) {
            var line = lines.get(at);
            if (line != null) {
                return line;
            }
        }
        return lines.getOrDefault("", 1);
    }

    private static int lastStep(String path) {
        return path.endsWith("]") ? path.lastIndexOf('[') : path.lastIndexOf('.');
    }
}
