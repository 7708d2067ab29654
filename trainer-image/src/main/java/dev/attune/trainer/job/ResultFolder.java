package dev.attune.trainer.job;

import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Output.Form;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.AdapterFiles;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the adapted model goes. The manifest comes last, and names what loads: on equal hardware equal recipes give equal
 * digests.
 *
 * @param folder where it lies
 * @param uri the same place, as the manifest names it
 * @param recipe digest of what was trained on what
 */
record ResultFolder(Path folder, String uri, String recipe) {

    /** Refuses to write where a model is read from, which would be lost. */
    static void requireApart(Path output, List<Path> read) {
        read.stream().filter(folder -> same(folder, output)).findFirst().ifPresent(folder -> {
            throw TrainerFailure.invalidManifest(
                    "spec.output.to: %s is the folder that the model is read from: name another folder"
                            .formatted(folder));
        });
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw TrainerFailure.unavailable(
                    "spec.output.to: %s can't be read: %s".formatted(other, e.getMessage()), e);
        }
    }

    /** The result that is there already, whole and of this recipe; one of another recipe or form is never overwritten. */
    Optional<Result> existing(Form form) {
        var manifest = Manifest.read(folder);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        if (!manifest.get().recipe().equals(recipe)) {
            throw TrainerFailure.invalidManifest(("spec.output.to: %s holds the result of another recipe (model, data,"
                            + " method or training differ): name another folder, or delete it")
                    .formatted(uri));
        }
        if (manifest.get().broken(folder).isPresent()) {
            return Optional.empty();
        }
        var there = manifest.get().files().containsKey(AdapterFiles.CONFIG) ? Form.ADAPTER : Form.MERGED;
        if (there != form) {
            throw TrainerFailure.invalidManifest(
                    "spec.output.to: %s holds this result in the form %s, not %s: name another folder, or delete it"
                            .formatted(uri, name(there), name(form)));
        }
        return Optional.of(result(form));
    }

    private static String name(Form form) {
        return form.name().toLowerCase(Locale.ROOT);
    }

    /** Writes the model with what was learnt folded in, or else the adapter, and seals it. */
    Result write(Companions companions, Adapted adapted, Optional<Merge> merge, int step) {
        try {
            var hashed = merge.isPresent()
                    ? Map.of(
                            ModelFolder.WEIGHTS,
                            SafetensorsWriter.write(
                                    folder.resolve(ModelFolder.WEIGHTS),
                                    merge.get().weights()))
                    : adapted.adapter().orElseThrow().write(folder);
            var written = new ArrayList<>(hashed.keySet());
            written.addAll(merge.isPresent() ? companions.ofModel(folder) : companions.ofAdapter(folder));
            Manifest.of(folder, written, recipe, step, null, hashed).write(folder);
            return result(merge.isPresent() ? Form.MERGED : Form.ADAPTER);
        } catch (IOException e) {
            throw TrainerFailure.unwritable("spec.output.to: the result can't be written to " + uri, e);
        }
    }

    private Result result(Form form) {
        try {
            return new Result(uri, form, Digests.of(folder.resolve(Manifest.FILE)));
        } catch (IOException e) {
            throw TrainerFailure.unavailable("spec.output.to: %s can't be read: %s".formatted(uri, e.getMessage()), e);
        }
    }
}
