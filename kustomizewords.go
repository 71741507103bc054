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
	var b strings.Builder
	for _, piece := range inWords().FindAllString(words, -1) {
		switch {
		case known().MatchString(piece), kustomizesWords()[strings.ToLower(strings.Trim(piece, ".*-#[]!?"))], isFileName(folder, piece):
			b.WriteString(piece)
		default:
			b.WriteString("…")
		}
	}
	said = leftOut().ReplaceAllString(b.String(), "…")
	said = padding().ReplaceAllString(said, "…$1")
	return said, said != words
}

// isFileName tells the name of a file, or one that is missing where others are. The folder
// is the one that kustomize builds.
func isFileName(folder, name string) bool {
	if !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	if isManifest(name) || isKustomization(filepath.Base(name)) {
		name = filepath.Dir(name)
	}
	_, err := os.Stat(name)
	return err == nil
}

// kustomizesWords are those of the errors of kustomize, of its YAML parser, and of Go.
var kustomizesWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{"": true}
	for word := range strings.FieldsSeq(`
a able absolute access accumulate accumulated accumulating accumulation add added adding after alias alias: aliasing all
allowed already an anchor and annotation annotations any api apiversion are array as at attempt base based bases be been
before begin below bigger binary block bool both bound bounds build builder builtin but by called can cannot case cast
changed character characters chart circular class close cluster collection column command commonannotations commonlabels
components config configmap configmapgenerator configuration configure configured configuring conflict conflicts connection
contain contains content contents context control copy correct could count create creating crd crds current cycle data
decode decoding default defined definition delete delimiter denied deployment deprecated destination detected did
directive directories directory do document documents does done duplicate duplicated each element elements empty enable
enabled encode encoded encountered end ended entries entry env envs err error errors escape evalsymlink evaluating
exactly exceeded excessive exclusive executable exist existing exists exit expand expanding expect expected external
fail failed failing failure field fieldpath fields fieldspec fieldspecs file files filter find first flag flags flow
folder following for format found from function functions generate generated generating generator generators get git go
group gvk gvkn handle has have hash helm helm-command helmcharts helmcharts: host id ids identify if ignored image
images in incorrect indentation index info inside instance integer interface into invalid is it item items its json key
keys kind kinds known kube kubernetes kustomization kustomization.yaml kustomization.yml label labels large last length
lines list literal literals load load-restrictor loading local looking lookup lstat malformed malformedyamlerror map
mapped mapping mappings marker marshal match matched matches matching may merge merged message metadata missing mode
more multiple must name named namespace nameprefix names namesuffix nested new nil no node nodes none not null number
object objects of on one only open openapi operation operations option options or order origin other out outside
overflow package pair pairs parse parser parsing patch patches patchesjson6902 patchesstrategicmerge patchtransformer
path paths permission permitted please plugin plugins possible prefix problem process properly quoted read reader
reading record refer reference references referenced referral referrals referrer regex registered relative remote remove
replace replaced replacement replacements replicas repo repository required res resid resource resources root rule run
running same scalar scanning schema secret secretgenerator security see select selected selection selector selectors
sequence set should signal simple single slice sm smp some source sources spec specified specify start starts state
status stdin stopped strategic stream string strings struct structure success such supported symlink syntax tab tag
target targets template the them this time to token too top transformer transformers tree trouble true try two type
types unable undefined unexpected unique unknown unmarshal unmarshalling unset unsupported update uri url use used using
utf8 valid validate validators value values variable varreference vars version visitor was when where while with within
without write wrong yaml yet you your [][]string []string []interface killed strategic-merge options.index patches.target metadata.name got received mappingnode scalarnode sequencenode aliasnode t str int float
map kv enable-helm that utf8 killed interrupt broken pipe refused timeout
loaded bytes cannotstart starting violates allow-missing combined ambiguous regular device directories: symbolic links
many levels input/output resolve resolves canonicalization filesystem kustomize fix edit run: warning deprecated: 'err`) {
		words[strings.Trim(word, ":'")] = true
	}
	return words
})
