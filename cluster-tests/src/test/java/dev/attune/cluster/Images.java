package dev.attune.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The images of this build, made by the Dockerfiles that a release is made by. */
final class Images {

    static final String TAG = "cluster-tests";
    static final String OPERATOR = "attune-operator";
    static final String TRAINER = "attune-trainer";

    /** A shell for pods that only poke at things. */
    static final String SHELL =
            Optional.ofNullable(System.getenv("BUSYBOX_IMAGE")).orElse("busybox:1");

    private Images() {}

    /** Builds both; what they are made of must have been packaged. */
    static void build() {
        build("operator", "operator/target/quarkus-app/quarkus-run.jar", OPERATOR);
        build("trainer-image", "trainer-image/target/lib", TRAINER);
    }

    private static void build(String module, String needs, String name) {
        if (!Files.exists(Command.REPOSITORY.resolve(needs))) {
            throw new AssertionError("%s is missing: run ./mvnw package first".formatted(Path.of(needs)));
        }
        var words =
                new ArrayList<>(List.of("docker", "build", "-q", "-f", module + "/Dockerfile", "-t", name + ":" + TAG));
        Optional.ofNullable(System.getenv("JRE_IMAGE"))
                .ifPresent(base -> words.addAll(List.of("--build-arg", "JRE_IMAGE=" + base)));
        words.add(".");
        Command.of(words.toArray(String[]::new)).output();
    }
}
