package dev.attune.operator.desired;

import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The volumes of a trainer's pod, and where its container finds them. */
record Volumes(List<Volume> volumes, List<VolumeMount> mounts) {

    private static final long TOKEN_SECONDS = 3600;

    static Volumes of(Inputs inputs) {
        var all = new Volumes(new ArrayList<>(), new ArrayList<>());
        all.add("tmp", "/tmp", true, new VolumeBuilder().withNewEmptyDir().endEmptyDir());
        all.add("manifest", parent(TrainerPod.MANIFEST), false, manifest());
        all.add("token", parent(TrainerPod.TOKEN), false, token());
        // Names of claims and ConfigMaps may be longer than a volume's may, and hold dots: volumes are numbered.
        inputs.claims()
                .forEach((claim, written) -> all.add(
                        "claim-" + all.volumes.size(),
                        TrainerPod.CLAIMS + "/" + claim,
                        written,
                        new VolumeBuilder()
                                .withNewPersistentVolumeClaim()
                                .withClaimName(claim)
                                .withReadOnly(written ? null : true)
                                .endPersistentVolumeClaim()));
        inputs.configMaps()
                .forEach(name -> all.add(
                        "configmap-" + all.volumes.size(),
                        TrainerPod.CONFIG_MAPS + "/" + name,
                        false,
                        new VolumeBuilder().withNewConfigMap().withName(name).endConfigMap()));
        return all;
    }

    private void add(String name, String path, boolean written, VolumeBuilder volume) {
        volumes.add(volume.withName(name).build());
        mounts.add(new VolumeMountBuilder()
                .withName(name)
                .withMountPath(path)
                .withReadOnly(written ? null : true)
                .build());
    }

    private static VolumeBuilder manifest() {
        return new VolumeBuilder()
                .withNewDownwardAPI()
                .addNewItem()
                .withPath(fileName(TrainerPod.MANIFEST))
                .withNewFieldRef("v1", "metadata.annotations['" + TrainerPod.MANIFEST_ANNOTATION + "']")
                .endItem()
                .endDownwardAPI();
    }

    private static VolumeBuilder token() {
        return new VolumeBuilder()
                .withNewProjected()
                .addNewSource()
                .withNewServiceAccountToken(TrainerPod.AUDIENCE, TOKEN_SECONDS, fileName(TrainerPod.TOKEN))
                .endSource()
                .endProjected();
    }

    private static String parent(String file) {
        return Path.of(file).getParent().toString();
    }

    private static String fileName(String file) {
        return Path.of(file).getFileName().toString();
    }
}
