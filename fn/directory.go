package fn

import "github.com/esfn/esfn/fn/api"

// directory has objects under every name that they have or had, in every namespace
// that they are in or were in before kustomize moved them, and in none: looking
// through all objects for every reference takes a package of a thousand namespaces
// longer than everything else.
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

// in lists the objects that have or had a name in a namespace, in their order.
func (d directory) in(namespace, name string) []*item {
	return d[objectName{api.OrDefault(namespace), name}]
}

// anywhere lists those that have or had a name in any namespace, in their order.
func (d directory) anywhere(name string) []*item { return d[objectName{"", name}] }
