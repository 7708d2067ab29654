package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads manifests from YAML, and so from JSON. */
public final class Manifests {

    private Manifests() {}

    /**
     * The documents of a file, in its order; empty ones are left out.
     *
     * @throws UnreadableManifestException if it can't be read, isn't YAML, has a key twice, or has no document
     */
    public static List<Manifest> read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new UnreadableManifestException(file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new UnreadableManifestException(file + ": is not text in UTF-8", e);
        } catch (IOException e) {
            throw new UnreadableManifestException(file + ": can't be read: " + e.getMessage(), e);
        }
    }

    /**
     * The documents of a text, in its order; empty ones are left out.
     *
     * @param source what to call it in messages, for example the name of its file
     * @throws UnreadableManifestException if it isn't YAML, has a key twice, or has no document
     */
    public static List<Manifest> parse(String source, String yaml) {
        var manifests = new ArrayList<Manifest>();
        try {
            for (var document : new Yaml(new LoaderOptions()).composeAll(new StringReader(yaml))) {
                if (!document.getTag().equals(Tag.NULL)) {
                    var tree = new YamlTree();
                    JsonNode content = tree.of(document);
                    manifests.add(new Manifest(source, content, tree.lines()));
                }
            }
        } catch (MarkedYAMLException e) {
            throw new UnreadableManifestException(source + at(e.getProblemMark()) + ": " + problem(e), e);
        } catch (YAMLException e) {
            throw new UnreadableManifestException(source + ": is not YAML: " + e.getMessage(), e);
        }
        if (manifests.isEmpty()) {
            throw new UnreadableManifestException(source + ": is empty, write a FineTuneJob", null);
        }
        return manifests;
    }

    private static String at(Mark mark) {
        return mark == null ? "" : ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    }

    private static String problem(MarkedYAMLException e) {
        return e instanceof YamlTree.NotAManifest
                ? e.getProblem()
                : "is not YAML: " + (e.getContext() == null ? "" : e.getContext() + ", ") + e.getProblem();
    }
}
