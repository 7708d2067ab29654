package dev.attune.trainer.cli;

import dev.attune.trainer.place.Places;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where claims and ConfigMaps lie on this machine. */
final class PlaceOptions {

    @Option(
            names = "--volumes",
            paramLabel = "DIR",
            description = "Folder that holds a folder for each claim: pvc://claim/path is DIR/claim/path."
                    + " Default: volumes beside the manifest.")
    private Path volumes;

    @Option(
            names = "--configmaps",
            paramLabel = "DIR",
            description = "Folder that holds a folder for each ConfigMap: configmap://name/key is DIR/name/key."
                    + " Default: configmaps beside the manifest.")
    private Path configMaps;

    /** The places of a manifest. */
    Places beside(Path manifest) {
        var beside = manifest.toAbsolutePath().normalize().getParent();
        return new Places(
                volumes == null ? beside.resolve("volumes") : volumes.toAbsolutePath(),
                configMaps == null ? beside.resolve("configmaps") : configMaps.toAbsolutePath());
    }
}
