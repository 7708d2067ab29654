package dev.attune.trainer.place;

import dev.attune.protocol.TrainerPod;
import dev.attune.trainer.failure.TrainerFailure;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the URIs of a manifest lie on this machine. In a pod the operator has mounted them; without a cluster a folder
 * stands for the claims and another for the ConfigMaps.
 *
 * @param claims {@code pvc://claim/path} lies at {@code claims/claim/path}
 * @param configMaps {@code configmap://name/key} lies at {@code configMaps/name/key}
 */
public record Places(Path claims, Path configMaps) {

    /** The places of a trainer's pod. */
    public static Places ofPod() {
        return new Places(Path.of(TrainerPod.CLAIMS), Path.of(TrainerPod.CONFIG_MAPS));
    }

    /**
     * The existing file or folder that a URI names.
     *
     * @param field path of the manifest's field that holds the URI, for the message
     */
    public Path existing(String field, String uri) {
        var path = locate(field, uri);
        if (!Files.exists(path)) {
            throw TrainerFailure.invalidManifest("%s: %s does not exist (looked for %s)".formatted(field, uri, path));
        }
        return path;
    }

    /** The file or folder that a URI names, there or not. */
    public Path locate(String field, String uri) {
        if (uri.startsWith("pvc://")) {
            return below(field, uri, claims, uri.substring("pvc://".length()));
        }
        if (uri.startsWith("configmap://")) {
            return below(field, uri, configMaps, uri.substring("configmap://".length()));
        }
        if (uri.startsWith("file:///")) {
            return Path.of(uri.substring("file://".length())).normalize();
        }
        throw TrainerFailure.invalidManifest(
                "%s: %s is no place that can be used here: write pvc://claim/path, file:///path or configmap://name/key"
                        .formatted(field, uri));
    }

    private static Path below(String field, String uri, Path root, String relative) {
        var path = root.resolve(relative).normalize();
        if (!path.startsWith(root.normalize())) {
            throw TrainerFailure.invalidManifest("%s: %s leads out of its volume".formatted(field, uri));
        }
        return path;
    }
}
