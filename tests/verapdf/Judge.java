import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

/** Holds each file named against PDF/A-2b; prints a line for each rule that one breaks, else how much was checked. */
class Judge {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        var foundry = Foundries.defaultInstance();
        for (String file : files) {
            try (var parser = foundry.createParser(new FileInputStream(file), PDFAFlavour.PDFA_2_B);
                    var validator = foundry.createValidator(PDFAFlavour.PDFA_2_B, false)) {
                var result = validator.validate(parser);
                for (var broken : result.getTestAssertions()) {
                    System.out.println("broken " + broken.getRuleId().getClause() + " " + broken.getMessage());
                }
                System.out.println((result.isCompliant() ? "holds " : "fails ") + result.getTotalAssertions());
            }
        }
    }
}
