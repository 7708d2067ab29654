package dev.attune.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A Kubernetes of one node in a container, and the ways in that people have: kubectl, Helm and a client. */
final class Cluster implements AutoCloseable {

    private static final String IMAGE =
            Optional.ofNullable(System.getenv("K3S_IMAGE")).orElse("rancher/k3s:v1.34.4-k3s1");

    private final K3sContainer container;
    private final Path kubeconfig;
    private final KubernetesClient client;

    private Cluster(K3sContainer container, Path kubeconfig) {
        this.container = container;
        this.kubeconfig = kubeconfig;
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(container.getKubeConfigYaml()))
                .build();
    }

    /** What keeps a cluster from starting here; empty where nothing does. */
    static Optional<String> obstacle() {
        for (var program : List.of("docker", "kubectl", "helm")) {
            if (!onPath(program)) {
                return Optional.of("the program " + program);
            }
        }
        return Command.of("docker", "info").run().exitCode() == 0
                ? Optional.empty()
                : Optional.of("a Docker engine that answers");
    }

    static Cluster start() throws IOException {
        // Inside a container K3sContainer's constructor asks for the engine's address, which needs this first.
        DockerClientFactory.instance().client();
        @SuppressWarnings("resource")
        var container = new K3sContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("rancher/k3s"));
        container.start();
        var kubeconfig = Path.of("target", "kubeconfig").toAbsolutePath();
        Files.writeString(kubeconfig, container.getKubeConfigYaml());
        return new Cluster(container, kubeconfig);
    }

    KubernetesClient client() {
        return client;
    }

    /** A kubectl command, as a person types it. */
    Command kubectl(String... words) {
        return withKubeconfig("kubectl", words);
    }

    /** A Helm command. */
    Command helm(String... words) {
        return withKubeconfig("helm", words);
    }

    /** Runs a command on the node itself. */
    void onNode(String... words) throws IOException, InterruptedException {
        var ended = container.execInContainer(words);
        if (ended.getExitCode() != 0) {
            throw new AssertionError("%s ended on the node with %s".formatted(List.of(words), ended));
        }
    }

    /** Brings images of this machine's Docker engine onto the node. */
    void load(String... images) throws IOException, InterruptedException {
        var archive = Path.of("target", "images.tar");
        var save = new ArrayList<>(
                List.of("docker", "save", "-o", archive.toAbsolutePath().toString()));
        save.addAll(List.of(images));
        Command.of(save.toArray(String[]::new)).output();
        container.copyFileToContainer(MountableFile.forHostPath(archive), "/images.tar");
        Files.delete(archive);
        onNode("ctr", "images", "import", "/images.tar");
        onNode("rm", "/images.tar");
    }

    @Override
    public void close() {
        client.close();
        container.stop();
    }

    private Command withKubeconfig(String program, String... words) {
        return new Command(Stream.concat(Stream.of(program), Stream.of(words)).toList(), "")
                .with("--kubeconfig", kubeconfig.toString());
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
