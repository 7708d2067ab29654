package dev.attune.trainer.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version that the build gave the jar. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "attune "
                    + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                            .orElse("unreleased")
        };
    }
}
