package fn

import "github.com/esfn/esfn/fn/api"

// objects are those of a kind, in their order, to be found by name.
type objects struct {
	all []*item
	// byName is made when the first of them is looked for: most ConfigMaps, and most
	// Secrets, nothing refers to.
	byName directory
}

func (o *objects) add(it *item) { o.all, o.byName = append(o.all, it), nil }

// in lists the objects that have or had a name in a namespace, in their order.
func (o *objects) in(namespace, name string) []*item {
	return o.directory()[objectName{api.OrDefault(namespace), name}]
}

// anywhere lists those that have or had a name in any namespace, in their order.
func (o *objects) anywhere(name string) []*item { return o.directory()[objectName{"", name}] }

func (o *objects) directory() directory {
	if o.byName == nil {
		o.byName = directoryOf(o.all)
	}
	return o.byName
}

// directory has objects under every name that they have or had, in every namespace
// that they are in or were in before kustomize moved them, and in none. To look through
// all objects for every reference took a package of a thousand namespaces longer than
// everything else.
type directory map[objectName][]*item

func directoryOf(all []*item) directory {
	d := directory{}
	for _, it := range all {
		for _, name := range it.names() {
			d.add(objectName{"", name}, it)
			for _, namespace := range append(it.earlierNamespaces(), api.OrDefault(it.Namespace)) {
				d.add(objectName{namespace, name}, it)
			}
		}
	}
	return d
}

// add adds an object to a name once, whatever it had the name for.
func (d directory) add(at objectName, it *item) {
	if there := d[at]; len(there) == 0 || there[len(there)-1] != it {
		d[at] = append(there, it)
	}
}
