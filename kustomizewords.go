package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/esfn/esfn/fn/expression"
)

// together is the number of a line, the name of a field, and what a resource is called, as
// Secret.v1.[noGrp]/app.[noNs].
const together = `\b(?:line|column) \d+|unknown field "\w+"|Go struct field [\w.]+` +
	`|\b[A-Z]\w*\.(?:\[noVer\]|v\d\w*)\.(?:\[noGrp\]|[a-z][\w.-]*)/[a-z0-9.-]+\.(?:\[noNs\]|[a-z0-9-]+)`

var (
	// inWords takes apart what kustomize says: words, what is between them, and what
	// belongs together.
	inWords = expression.Later(together + `|[^\s'"` + "`" + `=:;,(){}]+|(?s:.)`)
	// known is what needs no word to be known by.
	known = expression.Later(`^(?:` + together + `|[\s'"` + "`" + `=:;,(){}])$`)
	// leftOut is what is left out, with all that stands between.
	leftOut = expression.Later(`…(?:[\s'"` + "`" + `=:;,(){}]*…)+`)
	// padding is the end of base64.
	padding = expression.Later(`…=+(\s|$)`)
	// goType is where kustomize names a type of Go's, which says nothing to anyone.
	goType = strings.NewReplacer("map[string]interface {}(nil): ", "", "map[string]interface{}(nil): ", "")
)

// withoutValues is what kustomize says of a folder, without what may be a value: a literal
// of a secretGenerator, a patch, a whole Secret, a password that YAML takes for an alias, or
// the one in an address. Of some kustomize says so by quotes, of others by nothing. So what
// is kept is what is known: the words of its messages, names of files and of resources, and
// the numbers of lines. less tells that something is left out.
func withoutValues(folder, words string) (said string, less bool) {
	words = goType.Replace(words)
	files := filesNear(folder)
	var b strings.Builder
	for _, piece := range inWords().FindAllString(words, -1) {
		switch {
		case known().MatchString(piece), kustomizesWords()[strings.ToLower(strings.Trim(piece, ".*-#[]!?"))], files.has(piece, b.String()):
			b.WriteString(piece)
		default:
			b.WriteString("…")
		}
	}
	said = leftOut().ReplaceAllString(b.String(), "…")
	said = padding().ReplaceAllString(said, "…$1")
	return said, said != words
}

// fileNames tells the names of files near the folder that kustomize builds, and after the
// words by which kustomize names a file also that of one that is missing.
type fileNames struct{ folder, root string }

// filesNear looks no further than three folders above, where bases may be.
func filesNear(folder string) fileNames {
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	root := folder
	for range 3 {
		if above := filepath.Dir(root); above != filepath.Dir(above) {
			root = above
		}
	}
	return fileNames{folder, root}
}

// namesAFile is what kustomize says before the name of a file.
var namesAFile = expression.Later(`(?:from|open|read|lstat|stat|file|directory:?|File:) '?$`)

func (n fileNames) has(name, before string) bool {
	if strings.HasSuffix(name, "..") || strings.Contains(name, "/../") && !strings.HasPrefix(name, "../") {
		return false
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(n.folder, name)
	}
	if !strings.HasPrefix(name, n.root+string(filepath.Separator)) {
		return false
	}
	if (isManifest(name) || isKustomization(filepath.Base(name))) && namesAFile().MatchString(before[max(0, len(before)-16):]) {
		name = filepath.Dir(name)
	}
	_, err := os.Stat(name)
	return err == nil
}

// kustomizesWords are those of the errors of kustomize, of its YAML parser, and of Go.
var kustomizesWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{"": true}
	for word := range strings.FieldsSeq(`
[][]string []interface []string a able above absolute accept access accumulate accumulated accumulating accumulation
add added adding additional after alias aliasing aliasnode all allow-missing allowed alphanumerical already ambiguous
an anchor and annotation annotations any api apiversion appears append apply archive are argument arguments array as
at attempt attempted attempting bad base based bases be been before begin behavior below bigger binaries binary
binding blank block bool both bound bounds break broken build builder buildmetadata built builtin bundle but by bytes
called can cannot canonicalization case cast changed character characters chart checking circular class clean clear
cli cloned close closed closing cluster code collection column combined comma command comment commonannotations
commonlabels compile compiled component components compressed config configmap configmapgenerator configmaps
configuration configure configured configuring conflict conflicting conflicts connection consistent contain contains
content contents context control convert converted copy correct corrupted could couldn count cover covered crd crds
create created creating creation current currently custom cycle data decode decoding default define defined defines
definition definitions delete delimited delimiter denied deployment deprecated depth destination detected device did
different digit dir directive directories directory disable disabled do docs document documentation documents does
doesn doing done downloaded duplicate duplicated each edit either element elements empty enable enable-helm enabled
enables enabling encode encoded encountered end ended entries entry env environment envs equal err error errors escape
escaped evalsymlink evaluating even exactly exceeded exceeds excessive exclusive exec executable execute exist
existing exists exit exits expand expanding expect expected expecting explicitly extension extensions external
extremely fail failed failing failure false field fieldname fieldpath fieldpaths fields fieldspec fieldspecs
fieldvalue file files filesystem filter find first fix fixed flag flags float flow folder following for force format
formatting found from function functionconfig functions generate generated generating generator generators get getting
git glob go got group gvk gvkn handle handled hard has hash have helm helm-command helmchartinflationgenerator
helmcharts helmglobals hexdecimal home host http https id identify ids if ignored illegal image images implemented
implicit in include incompatible incomplete incorrect increasing indent indentation index indexing indicator info
inline input input/output inside inspect installed instance int integer interface internal interrupt into invalid is
it item items its itself json jsonop key keys keyword killed kind kinds known kube kubectl kubernetes kustomization
kustomization.yaml kustomization.yml kustomizations kustomize kv label labels large last leading least legacy legal
len length level levels like limit lines links list literal literals load load-restrictor loaded loading local
localize localized long look looking looks lookup loss low lstat main make makes malformed malformedyamlerror many map
mapped mapping mappingnode mappings maps marker marshal match matched matches matching may merge merged merging
message metadata metadata.name mismatch mismatched missing mode modify more most mount multiple must mutually name
named nameprefix namereference names namespace namespaces namespacetransformer namesuffix necessary need needed needs
negative neither nested network never new next nil no node nodes non none nor normalize not nothing now null number
numeric object objects of omitted on once one only open openapi opened operation operations option options
options.index or order origin other out output outputs outside over overflow override owner package pair pairs
parameter parent parse parser parsing past patch patches patches.target patchesjson6902 patchesstrategicmerge
patchtransformer path paths pattern patterns permission permissions permitted pipe plain please plugin plugins policy
possible prefix previous previously problem process processing produces program properly protocol provide provided
provider pull qualifies query quote quoted read reader reading received recent record ref refer reference referenced
references referral referrals referrer refers refused regex registered regular relative releasename remote remove
rendered repeats replace replaced replacement replacements replica replicas repo repos repository required requires
res resid resolve resolved resolves resource resourcelist resources restriction retrieve returned role roleref root
rule rules run running same scalar scalarnode scanning schema scheme scope secret secretgenerator secrets
security see seems segment select selected selection selector selectors self separated separator sequence sequencenode
serialize set setting sha short should shouldn signal simple single slice sm smp some sort sorted sorting sortoptions
source sources space spaces spec specified specify specs starlark start starting starts state status stderr stdin
stdout stop stopped store str strategic strategic-merge stream string stringdata strings struct structure structured
subject subjects success such suffix supported symbolic symlink sync syntax t tab tag tagged target targets template
templated templates temporary test that the them this time timeout timestamps to token too top tracking trailing
transformation transformer transformers traversal tree trouble true try trying two type types unable unassigned
unclosed undefined under unexpected unicode unique unknown unmarshal unmarshalling unset unsupported update
updating uri url use used using utf utf8 valid validate validation validator validators value values valuesfile
valuesmerge variable varreference vars verification verify version via violates visitor volumeclaimtemplate want
warning was well were when where which while whitespace wildcard will with within without work working write writer
writing written wrong yaml yet you your`) {
		words[word] = true
	}
	return words
})
